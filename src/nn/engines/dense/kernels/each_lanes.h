/* Includes a file of loops once for each number of lanes that FOR_LANES() knows. The file that
 * includes this one defines LANES_FILE, the name of the loops' file, and may include it once. */
#define LANES 16
#define NAME(verb) verb##_16
#include LANES_FILE
#define LANES 8
#define NAME(verb) verb##_8
#include LANES_FILE
#define LANES 1
#define NAME(verb) verb##_1
#include LANES_FILE
