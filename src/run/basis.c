/* Makes orthonormal bases, on each rank for itself or, where that pays, on all together. */
#include "basis.h"

#include "skel/orthonormal.h"
#include "skel/qr.h"

skel_status skel_basis_make(const void *comm, skel_status local, size_t count, size_t length,
                            double vectors[])
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(comm, local));
    if (skel_qr_pays(count, length)) {
        status = skel_qr_orthonormalise(comm, count, length, vectors);
    } else {
        skel_orthonormal_here(count, length, vectors);
    }
done:
    return status;
}
