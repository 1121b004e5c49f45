/* HDF5 lists the members. A link to a header is all that it needs to look at. */
#include "later_groups.h"

#include "h5.h"

/* What H5Literate() hands to its callback. */
typedef struct listing {
    skel_addresses *members;
    skel_status status;
} listing;

static herr_t add_member(hid_t group, const char *name, const H5L_info_t *link, void *context)
{
    listing *to = context;

    (void)group;
    (void)name;
    if (link->type == H5L_TYPE_HARD) {
        to->status = skel_addresses_add(to->members, link->u.address);
    }
    return to->status == SKEL_OK ? 0 : -1;
}

skel_status skel_later_group_members(hid_t file, uint64_t group, const char *path,
                                     skel_addresses *members)
{
    listing to = {members, SKEL_OK};
    hid_t id = H5Oopen_by_addr(file, group);
    bool ok = id >= 0 && H5Literate(id, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, add_member, &to) >= 0;
    skel_status status = to.status;

    if (!ok && status == SKEL_OK) {
        status = skel_h5_fail(SKEL_ERR_DATA,
                              skel_h5_system_has_failed()
                                  ? "%s: cannot list the group at byte %llu"
                                  : "%s is damaged: cannot list the group at byte %llu",
                              path, (unsigned long long)group);
    }
    skel_h5_close(id);
    (void)H5Eclear2(H5E_DEFAULT);
    return status;
}
