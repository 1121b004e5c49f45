/** The three directions of a layer with weights. */
#ifndef SKEL_NN_DENSE_DIRECTION_H
#define SKEL_NN_DENSE_DIRECTION_H

/** From the input to the output; or from the output's gradient to that of the input, or of the
 *  weights and the bias. */
typedef enum skel_dense_direction {
    SKEL_DENSE_FORWARD,
    SKEL_DENSE_BACKWARD_DATA,
    SKEL_DENSE_BACKWARD_WEIGHTS,
} skel_dense_direction;

enum { SKEL_DENSE_DIRECTIONS = 3 };

#endif
