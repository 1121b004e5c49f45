/* Stocks: the data sets that all groups of ranks use, with one copy on each node. */
#include "stock.h"

#include "skel/memory.h"
#include "skel/settings.h"

enum { SETS = 16 /* most data sets of a stock; the groups open further ones themselves */ };

/* A data set and the job that it was opened for. */
typedef struct set {
    const skel_job *job;
    skel_dataset *dataset; /* NULL: it could not be opened */
} set;

struct skel_stock {
    size_t count;
    set set[SETS];
};

static bool same_set(const skel_job *a, const skel_job *b)
{
    const skel_dataset_source first = skel_settings_source(a);
    const skel_dataset_source second = skel_settings_source(b);

    return skel_dataset_is_same(&first, &second);
}

static const set *find(const skel_stock *stock, const skel_job *job)
{
    for (size_t i = 0; i < stock->count; i++) {
        if (same_set(stock->set[i].job, job)) {
            return &stock->set[i];
        }
    }
    return NULL;
}

skel_status skel_stock_open(const skel_comm *all, const skel_sweep *sweep, skel_stock **out)
{
    skel_status status = skel_comm_agree(all, SKEL_ALLOC(1, sizeof **out, out));

    if (status != SKEL_OK) {
        SKEL_FREE(out);
        return status;
    }
    for (size_t i = 0; i < sweep->runs && (*out)->count < SETS; i++) {
        const skel_job *job = &sweep->run[i].job;

        if (sweep->run[i].state == SKEL_RUN_PENDING && find(*out, job) == NULL) {
            const skel_dataset_source source = skel_settings_source(job);
            set *next = &(*out)->set[(*out)->count++];

            next->job = job;
            if (skel_dataset_open(all, &source, &next->dataset) != SKEL_OK) {
                skel_error_clear();
            }
        }
    }
    return SKEL_OK;
}

const skel_dataset *skel_stock_find(const skel_stock *stock, const skel_job *job)
{
    const set *found = stock != NULL ? find(stock, job) : NULL;

    return found != NULL ? found->dataset : NULL;
}

void skel_stock_close(skel_stock **stock)
{
    if (*stock == NULL) {
        return;
    }
    for (size_t i = 0; i < (*stock)->count; i++) {
        skel_dataset_close(&(*stock)->set[i].dataset);
    }
    SKEL_FREE(stock);
}
