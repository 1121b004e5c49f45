/** Energies of hidden units: the penalty's slopes, and the energies themselves. */
#ifndef SKEL_NN_DENSE_ENERGY_H
#define SKEL_NN_DENSE_ENERGY_H

#include "../compile/dense.h"

/** Lists the hidden units, if the options want their energies.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_dense_energy_create(skel_dense *dense);

/** The number of the first channel of the layer whose hidden units a tensor of the graph holds.
 *
 *  Local.
 *  @return SKEL_NONE if it holds none, or if the options want no energies
 */
size_t skel_dense_energy_units(const skel_dense *dense, size_t tensor);

/** Adds the slope of the penalty to the gradient of a tensor of the graph, if it holds hidden
 *  units.
 *
 *  Local. To the gradient's first part, before the parts are gathered.
 *  @param scale  as of skel_engine_gradient(); 0: the pass has no penalty
 */
void skel_dense_energy_add(const skel_dense *dense, size_t slot, size_t tensor, double scale);

/** skel_engine_terms() of SKEL_TERM_ENERGY, behind a forward pass in slot 0.
 *
 *  Local.
 *  @param stride  channels of all layers
 */
void skel_dense_energy_write(const skel_dense *dense, size_t stride, float terms[]);

#endif
