/* Includes a file of loops once for each number of channels in a block, 16 and 8. The file that
 * includes this one defines LANES_FILE, the name of the loops' file, and may include it once. LANES
 * is the number there, NAME(verb) is the name of the function with the number behind it. */
#define LANES 16
#define NAME(verb) verb##_16
#include LANES_FILE
#define LANES 8
#define NAME(verb) verb##_8
#include LANES_FILE

/* Calls the function for a block's channels. */
#define FOR_BLOCK_LANES(lanes, verb, ...)                                                          \
    do {                                                                                           \
        if ((lanes) == 16) {                                                                       \
            verb##_16(__VA_ARGS__);                                                                \
        } else {                                                                                   \
            verb##_8(__VA_ARGS__);                                                                 \
        }                                                                                          \
    } while (0)
