/* Reports: collects runs, leaves duplicates out, and makes sections. */
#include "skel/report.h"

#include "skel/memory.h"

#include "report_cache.h"
#include "report_condition.h"
#include "report_list.h"
#include "report_sections.h"

#include <unistd.h>

static skel_status read_run(const char *stem, skel_report_cache *cache, skel_report_run *out)
{
    char *path = NULL;
    skel_texts one = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_texts_add(&one, "%s.h5", stem));
    path = one.text[0];
    if (access(path, F_OK) == 0) {
        SKEL_TRY(skel_report_cache_read(cache, path, out));
    } else {
        SKEL_TRY(skel_report_run_trace(stem, out));
    }
done:
    skel_texts_clear(&one);
    return status;
}

/* Files of other programs that lie in a folder are no runs; one that was named is a mistake. */
static bool is_passed_over(const skel_report *report, const skel_report_run *run)
{
    return run->is_foreign && !skel_texts_has(&report->sources, run->path);
}

static skel_status read_runs(skel_report *report, const skel_texts *stems, skel_report_cache *cache)
{
    size_t foreign = 0;
    skel_report_run run = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(stems->count, sizeof *report->run, &report->run));
    for (size_t i = 0; i < stems->count; i++) {
        SKEL_TRY(read_run(stems->text[i], cache, &run));
        if (is_passed_over(report, &run)) {
            foreign++;
            skel_report_run_clear(&run);
        } else {
            report->damaged += run.state == SKEL_REPORT_DAMAGED;
            report->failure = skel_status_of_files(report->failure, run.failure);
            report->run[report->runs++] = run;
            run = (skel_report_run){0};
        }
    }
    if (foreign > 0) {
        SKEL_TRY(skel_texts_add(&report->warnings,
                                "HDF5 files that are no run files, left out: %zu.", foreign));
    }
done:
    skel_report_run_clear(&run);
    return status;
}

static skel_status warn_of_damage(skel_report *report)
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < report->runs && status == SKEL_OK; i++) {
        if (report->run[i].state == SKEL_REPORT_DAMAGED) {
            status = skel_texts_add(&report->warnings, "left out: %s", report->run[i].message);
        }
    }
    return status;
}

static skel_status check_any(const skel_report *report, const skel_report_options *options)
{
    char where[512];

    skel_texts_join(&report->sources, ", ", sizeof where, where);
    if (report->runs > 0) {
        return SKEL_OK;
    }
    if (options->where != NULL) {
        return SKEL_FAIL(SKEL_ERR_USAGE, "no run below %s meets the condition --where %s", where,
                         options->where);
    }
    return SKEL_FAIL(SKEL_ERR_DATA,
                     "%s: no runs found; expected run files (NAME.h5) or journals "
                     "(NAME.log.jsonl), which `skel run` writes",
                     where);
}

static skel_status fill(skel_report *report, const skel_report_options *options)
{
    skel_texts stems = {0};
    skel_report_cache *cache = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_report_list(&report->sources, &stems));
    SKEL_TRY(skel_report_cache_open(options->cache, &cache));
    SKEL_TRY(read_runs(report, &stems, cache));
    SKEL_TRY(skel_report_cache_save(cache, report));
    SKEL_TRY(warn_of_damage(report));
    SKEL_TRY(skel_report_condition_apply(options->where, report));
    SKEL_TRY(check_any(report, options));
    SKEL_TRY(skel_report_sections_make(report, options->by));
done:
    skel_report_cache_close(&cache);
    skel_texts_clear(&stems);
    return status;
}

skel_status skel_report_open(size_t count, const char *const paths[],
                             const skel_report_options *options, skel_report **out)
{
    skel_report *report = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(SKEL_ALLOC(1, sizeof *report, &report));
    for (size_t i = 0; i < count; i++) {
        SKEL_TRY(skel_texts_add(&report->sources, "%s", paths[i]));
    }
    SKEL_TRY(fill(report, options));
    *out = report;
    report = NULL;
done:
    skel_report_close(&report);
    return status;
}

void skel_report_close(skel_report **report)
{
    if (*report == NULL) {
        return;
    }
    for (size_t i = 0; i < (*report)->runs; i++) {
        skel_report_run_clear(&(*report)->run[i]);
    }
    for (size_t i = 0; i < (*report)->sections; i++) {
        skel_report_section_clear(&(*report)->section[i]);
    }
    SKEL_FREE(&(*report)->run);
    SKEL_FREE(&(*report)->section);
    skel_texts_clear(&(*report)->sources);
    skel_texts_clear(&(*report)->warnings);
    SKEL_FREE(report);
}
