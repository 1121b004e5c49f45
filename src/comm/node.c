/* Shared memory of a node. The ranks agree after every step that can fail on one of them. */
#include "node.h"

#include "segment.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

enum { NAME = 64 };

/* The leader's decision for its node. */
typedef struct skel_node_plan {
    char name[NAME]; /* of the segments, without the rank */
    uint64_t half;   /* bytes; 0: none */
} skel_node_plan;

static bool all_agree(const skel_node *node, bool mine)
{
    int able = mine ? 1 : 0;

    (void)MPI_Allreduce(MPI_IN_PLACE, &able, 1, MPI_INT, MPI_MIN, node->all);
    return able == 1;
}

/* The user's number of nodes on one machine, for tests. */
static int debug_nodes(void)
{
    const char *text = getenv("SKEL_DEBUG_NODES");
    long nodes = text != NULL ? strtol(text, NULL, 10) : 1;

    return nodes >= 1 && nodes <= 64 ? (int)nodes : 1;
}

/* The ranks of this rank's node. */
static MPI_Comm neighbours(MPI_Comm all)
{
    MPI_Comm machine = MPI_COMM_NULL;
    MPI_Comm ranks = MPI_COMM_NULL;
    int rank = 0;

    (void)MPI_Comm_rank(all, &rank);
    (void)MPI_Comm_split_type(all, MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, &machine);
    (void)MPI_Comm_split(machine, rank % debug_nodes(), rank, &ranks);
    (void)MPI_Comm_free(&machine);
    return ranks;
}

int skel_node_number(MPI_Comm all)
{
    MPI_Comm ranks = neighbours(all);
    int number = 0;

    (void)MPI_Comm_rank(all, &number);
    (void)MPI_Bcast(&number, 1, MPI_INT, 0, ranks);
    (void)MPI_Comm_free(&ranks);
    return number;
}

static void split(skel_node *node)
{
    int rank = 0;

    (void)MPI_Comm_rank(node->all, &rank);
    node->ranks = neighbours(node->all);
    (void)MPI_Comm_rank(node->ranks, &node->rank);
    (void)MPI_Comm_size(node->ranks, &node->size);
    (void)MPI_Comm_split(node->all, node->rank == 0 ? 0 : MPI_UNDEFINED, rank, &node->leaders);
    if (node->rank == 0) {
        (void)MPI_Comm_size(node->leaders, &node->nodes);
    }
    (void)MPI_Bcast(&node->nodes, 1, MPI_INT, 0, node->ranks);
}

/* At most half of the free shared memory: others need some, too. */
static size_t choose_half(int ranks)
{
    struct statvfs system;
    size_t share = 0;
    size_t half = SKEL_NODE_HALF;

    if (ranks > SKEL_NODE_RANKS || statvfs("/dev/shm", &system) != 0) {
        return 0;
    }
    share = (size_t)system.f_bavail * system.f_frsize / 4 / (size_t)ranks;
    while (half > share && half >= SKEL_NODE_HALF_LEAST) {
        half /= 2;
    }
    return half >= SKEL_NODE_HALF_LEAST ? half : 0;
}

static void make_plan(const skel_node *node, skel_node_plan *plan)
{
    struct timespec now = {0};

    if (node->rank == 0) {
        (void)clock_gettime(CLOCK_REALTIME, &now);
        (void)snprintf(plan->name, sizeof plan->name, "/skel-%ld-%lld-%09ld", (long)getpid(),
                       (long long)now.tv_sec, now.tv_nsec);
        plan->half = choose_half(node->size);
    }
    (void)MPI_Bcast(plan, (int)sizeof *plan, MPI_BYTE, 0, node->ranks);
}

static size_t segment_bytes(size_t half)
{
    return SKEL_NODE_HEAD + 2 * half;
}

/* The first half of a segment that was mapped. */
static char *half_of(void *memory)
{
    return memory == NULL ? NULL : (char *)memory + SKEL_NODE_HEAD;
}

/* Makes this rank's segment, whose pages are on this rank's memory. */
static bool make_segment(skel_node *node, const skel_node_plan *plan, const char *name)
{
    void *memory = NULL;

    (void)skel_segment_make(name, segment_bytes(plan->half), &memory);
    node->segment[node->rank] = half_of(memory);
    return memory != NULL;
}

/* Maps the segments of the other ranks. */
static bool map_others(skel_node *node, const skel_node_plan *plan)
{
    bool mapped = true;

    for (int i = 0; i < node->size && mapped; i++) {
        char name[2 * NAME];
        void *memory = NULL;

        if (i == node->rank) {
            continue;
        }
        (void)snprintf(name, sizeof name, "%s-%d", plan->name, i);
        mapped = skel_segment_map(name, segment_bytes(plan->half), &memory) == 0;
        node->segment[i] = half_of(memory);
    }
    return mapped;
}

static void unmap_all(skel_node *node, size_t half)
{
    for (int i = 0; i < node->size && i < SKEL_NODE_RANKS; i++) {
        if (node->segment[i] != NULL) {
            (void)munmap(node->segment[i] - SKEL_NODE_HEAD, segment_bytes(half));
        }
    }
    memset(node->segment, 0, sizeof node->segment);
}

bool skel_node_open(skel_node *node)
{
    skel_node_plan plan = {.half = 0};
    char name[2 * NAME];
    bool able = false;
    bool made = false;

    if (node->opened) {
        return node->half > 0;
    }
    node->opened = true;
    split(node);
    make_plan(node, &plan);
    if (all_agree(node, plan.half > 0)) {
        (void)snprintf(name, sizeof name, "%s-%d", plan.name, node->rank);
        made = make_segment(node, &plan, name);
        able = all_agree(node, made);
        able = all_agree(node, able && map_others(node, &plan));
        if (made) {
            (void)shm_unlink(name); /* the maps stay; a program that is killed leaves no file */
        }
        node->half = able ? plan.half : 0;
        node->gate = able ? (void *)(node->segment[0] - SKEL_NODE_HEAD) : NULL;
    }
    if (node->half == 0) {
        unmap_all(node, plan.half);
    }
    return node->half > 0;
}

/* Ranks that have to wait long may share a processor with those that they wait for. */
void skel_node_meet(const skel_node *node)
{
    enum { PATIENCE = 2000 };
    uint32_t before = atomic_load(&node->gate->opened);
    int turns = 0;

    if (atomic_fetch_add(&node->gate->arrived, 1) + 1 == (uint32_t)node->size) {
        atomic_store(&node->gate->arrived, 0);
        atomic_store(&node->gate->opened, before + 1);
        return;
    }
    while (atomic_load(&node->gate->opened) == before) {
        if (++turns > PATIENCE) {
            (void)sched_yield();
        }
    }
}

void skel_node_close(skel_node *node)
{
    unmap_all(node, node->half);
    if (node->opened) {
        (void)MPI_Comm_free(&node->ranks);
        if (node->leaders != MPI_COMM_NULL) {
            (void)MPI_Comm_free(&node->leaders);
        }
    }
    node->opened = false;
}
