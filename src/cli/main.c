/* The program: finds the command and prints the one error. */
#include "skel/status.h"

int main(void)
{
    return skel_status_exit_code(SKEL_OK);
}
