/* Finished runs: looks for a run's file, and reads its outcome. */
#include "finished.h"

#include "skel/leftovers.h"
#include "skel/lock.h"
#include "skel/log.h"
#include "skel/reader.h"
#include "skel/run_file.h"
#include "skel/stored.h"

#include <string.h>
#include <unistd.h>

/* A file that says that it is another run, in a place that is this one's. */
static skel_status check_identity(skel_reader *reader, const char *path, const char *expected)
{
    char identity[SKEL_CHECKSUM_TEXT];

    skel_reader_attribute(reader, "/provenance", "identity", sizeof identity, identity);
    if (identity[0] != '\0' && strcmp(identity, expected) != 0) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s is another run (identity %s, expected %s); compare its settings, "
                         "`skel inspect --job`, with the job's; move it away, or write to another "
                         "--out",
                         path, identity, expected);
    }
    return SKEL_OK;
}

/* All that tables and notices show of a run; with `full` the weights and masks too. */
static skel_status verify(skel_reader *reader, bool full)
{
    static const char *const shown[] = {"/summary", "/metrics", "/provenance"};
    skel_status status = SKEL_OK;

    if (full) {
        return skel_reader_verify_once(reader);
    }
    SKEL_TRY(skel_reader_check_attribute(reader, "/", "schema_version"));
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        if (!skel_reader_has(reader, shown[i])) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: the group %s is missing",
                               skel_reader_path(reader), shown[i]));
        }
        SKEL_TRY(skel_reader_check(reader, shown[i], NULL));
    }
done:
    return status;
}

/* A file at the run's path is never overwritten, even if it is no run file. */
static skel_status open_run(const char *path, bool full, skel_reader **reader)
{
    skel_status status = skel_reader_open(path, reader);

    if (status == SKEL_OK) {
        status = skel_run_file_check_schema(*reader);
    }
    if (status == SKEL_OK) {
        status = verify(*reader, full);
    }
    if (status != SKEL_OK) {
        status = skel_error_prefix("what is in the place of the run's file is kept; move it away "
                                   "to do the run again");
    }
    return status;
}

static skel_status read_outcome(const char *path, bool full, const char *identity,
                                skel_outcome *out)
{
    skel_reader *reader = NULL;
    char accuracy[64];
    char connected[64];
    skel_status status = SKEL_OK;

    SKEL_TRY(open_run(path, full, &reader));
    SKEL_TRY(check_identity(reader, path, identity));
    skel_reader_attribute(reader, "/summary", "test_accuracy", sizeof accuracy, accuracy);
    skel_reader_attribute(reader, "/summary", "connected", sizeof connected, connected);
    *out = (skel_outcome){
        .prunable = (size_t)skel_stored_number(reader, "/summary", "prunable"),
        .kept = (size_t)skel_stored_number(reader, "/summary", "kept"),
        .sparsity = skel_stored_number(reader, "/summary", "sparsity_reached"),
        .effective = (size_t)skel_stored_number(reader, "/summary", "kept_effective"),
        .collapsed = (size_t)skel_stored_number(reader, "/summary", "collapsed_layers"),
        .connected = strcmp(connected, "0") != 0, /* older files do not say */
        .objective = skel_stored_number(reader, "/summary", "objective"),
        .tested = accuracy[0] != '\0',
        .test_accuracy = skel_stored_number(reader, "/summary", "test_accuracy"),
        .test_loss = skel_stored_number(reader, "/summary", "test_loss"),
        .seconds_prune = skel_stored_number(reader, "/summary", "seconds_prune"),
        .seconds_train = skel_stored_number(reader, "/summary", "seconds_train"),
        .seconds = skel_stored_number(reader, "/summary", "seconds"),
    };
    skel_reader_attribute(reader, "/summary", "mask_hash", sizeof out->mask_hash, out->mask_hash);
done:
    return skel_reader_close(&reader, status);
}

skel_status skel_finished_find(const skel_comm *comm, const char *path, bool full,
                               skel_sweep_run *run, bool *found)
{
    skel_status status = SKEL_OK;

    *found = false;
    if (skel_comm_is_root(comm) && access(path, F_OK) == 0) {
        *found = true;
        status = read_outcome(path, full, run->identity, &run->outcome);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    skel_comm_broadcast(comm, sizeof *found, found);
    skel_comm_broadcast(comm, sizeof run->outcome, &run->outcome);
done:
    return status;
}

void skel_finished_tidy(const char *path)
{
    skel_comm *self = NULL;
    skel_lock *lock = NULL;

    if (!skel_leftovers_exist(path)) {
        return;
    }
    if (skel_comm_create_self(&self) == SKEL_OK && skel_lock_take(self, path, &lock) == SKEL_OK) {
        skel_leftovers_remove(path);
        SKEL_DEBUG("%s: removed what a killed process has left beside it", path);
    } else {
        SKEL_DEBUG("%s: what lies beside it is kept: %s", path, skel_error_message());
        skel_error_clear();
    }
    skel_lock_release(&lock);
    skel_comm_destroy(&self);
}
