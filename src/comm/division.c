/* Divisions: which ranks form a group, and the communicator of each group. */
#include "skel/division.h"

#include "group.h"
#include "node.h"

#include "skel/memory.h"

/* A node, in the order of its lowest rank. */
typedef struct site {
    int number;
    size_t ranks;
    size_t first;  /* group of its first rank */
    size_t groups; /* on this node, if no group has two nodes; at least 1 */
    size_t placed; /* ranks that have their group */
} site;

static site *site_of(site sites[], size_t *count, int number)
{
    size_t i = 0;

    while (i < *count && sites[i].number != number) {
        i++;
    }
    if (i == *count) {
        sites[(*count)++] = (site){.number = number, .groups = 1};
    }
    return &sites[i];
}

/* Gives every node one group, and each further group to the node whose groups are largest. */
static void spread_groups(site sites[], size_t count, size_t groups)
{
    size_t first = 0;

    for (size_t given = count; given < groups; given++) {
        site *most = sites;

        for (size_t i = 1; i < count; i++) {
            if (sites[i].ranks * most->groups > most->ranks * sites[i].groups) {
                most = &sites[i];
            }
        }
        most->groups++;
    }
    for (size_t i = 0; i < count; i++) {
        sites[i].first = first;
        first += sites[i].groups;
    }
}

/* Gives each group whole nodes, in their order. A group is full when it has its share of the ranks,
 * or when every later group needs one of the nodes that are left. */
static void join_sites(site sites[], size_t count, size_t groups, size_t ranks)
{
    size_t group = 0;
    size_t placed = 0;

    for (size_t i = 0; i < count; i++) {
        sites[i].first = group;
        placed += sites[i].ranks;
        if (group + 1 < groups &&
            (placed * groups >= (group + 1) * ranks || count - i - 1 == groups - group - 1)) {
            group++;
        }
    }
}

skel_status skel_division_plan(size_t ranks, const int node[], size_t groups, size_t group[])
{
    site *sites = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    SKEL_ASSERT(groups >= 1 && groups <= ranks);
    SKEL_TRY(SKEL_ALLOC(ranks, sizeof *sites, &sites));
    for (size_t i = 0; i < ranks; i++) {
        site_of(sites, &count, node[i])->ranks++;
    }
    if (groups >= count) {
        spread_groups(sites, count, groups);
    } else {
        join_sites(sites, count, groups, ranks);
    }
    for (size_t i = 0; i < ranks; i++) {
        site *at = site_of(sites, &count, node[i]);

        SKEL_ASSERT(at->ranks > 0); /* its ranks were counted above */
        group[i] = at->first + at->placed++ * at->groups / at->ranks;
    }
done:
    SKEL_FREE(&sites);
    return status;
}

/* Chooses this rank's group, from the nodes of all ranks. */
static skel_status choose(const skel_comm *all, size_t groups, size_t *number)
{
    size_t size = (size_t)skel_comm_size(all);
    MPI_Comm mpi = *(const MPI_Comm *)skel_comm_mpi(all);
    int *node = NULL;
    size_t *group = NULL;
    skel_status status = SKEL_ALLOC(size, sizeof *node, &node);

    if (status == SKEL_OK) {
        status = SKEL_ALLOC(size, sizeof *group, &group);
    }
    SKEL_TRY(skel_comm_agree(all, status));
    SKEL_ASSERT(node != NULL && group != NULL); /* static analysis knows no agreement */
    node[skel_comm_rank(all)] = skel_node_number(mpi);
    (void)MPI_Allgather(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, node, 1, MPI_INT, mpi);
    SKEL_TRY(skel_comm_agree(all, skel_division_plan(size, node, groups, group)));
    *number = group[skel_comm_rank(all)];
done:
    SKEL_FREE(&group);
    SKEL_FREE(&node);
    return status;
}

skel_status skel_division_make(const skel_comm *all, size_t groups, size_t *number, skel_comm **out)
{
    const MPI_Comm *mpi = skel_comm_mpi(all);
    MPI_Comm comm = MPI_COMM_NULL;
    skel_comm *group = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    *number = 0;
    SKEL_TRY(skel_comm_agree(all, skel_comm_create_self(&group)));
    if (mpi != NULL) {
        SKEL_TRY(choose(all, groups, number));
        (void)MPI_Comm_split(*mpi, (int)*number, skel_comm_rank(all), &comm);
        skel_comm_adopt(group, comm);
    }
    *out = group;
    group = NULL;
done:
    skel_comm_destroy(&group);
    return status;
}
