/* Texts of variable length. */
#include "text_type.h"

#include <check.h>

hid_t skel_text_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);

    ck_assert(H5Tset_size(type, H5T_VARIABLE) >= 0);
    return type;
}
