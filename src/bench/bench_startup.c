/* The time before the first image: MPI, job, data set, engine. Measured once, before anything is
 * cached. */
#include "bench_network.h"
#include "parts.h"

#include "skel/dataset.h"
#include "skel/engine.h"
#include "skel/installed.h"
#include "skel/job.h"
#include "skel/progress.h"
#include "skel/settings.h"
#include "skel/view.h"

#include <stdio.h>

enum { STEPS = 4 };

typedef struct skel_startup {
    skel_bench *bench;
    double seconds[STEPS]; /* MPI, job, data set, engine */
    skel_job job;
    skel_dataset_info info;
} skel_startup;

static skel_status read_job(skel_startup *startup)
{
    char override[128];
    const char *const overrides[] = {override};
    double started = skel_seconds();
    const char *path = startup->bench->job;
    char installed[SKEL_INSTALLED_PATH];
    skel_job_file *file = NULL;
    skel_status status = SKEL_OK;

    (void)snprintf(override, sizeof override, "model.name=%s",
                   startup->bench->model != NULL ? startup->bench->model : "resnet20");
    if (path == NULL) {
        SKEL_TRY(skel_installed_find("jobs/quickstart.yaml", installed));
        path = installed;
    }
    SKEL_TRY(skel_job_file_open(path, 1, overrides, &file));
    skel_job_file_run(file, 0, &startup->job);
done:
    skel_job_file_close(&file);
    startup->job.model.width = startup->bench->width;
    startup->seconds[1] = skel_seconds() - started;
    return status;
}

static skel_status open_data(skel_startup *startup)
{
    const skel_dataset_source source = skel_settings_source(&startup->job);
    skel_dataset *dataset = NULL;
    skel_status status = skel_dataset_open(startup->bench->comm, &source, &dataset);

    if (status == SKEL_OK) {
        status =
            skel_comm_agree(startup->bench->comm, skel_dataset_describe(&source, &startup->info));
    }
    skel_dataset_close(&dataset);
    return status;
}

/* Describes the network, draws its weights, compiles and loads the engine. */
static skel_status compile(const skel_startup *startup)
{
    const skel_job *job = &startup->job;
    skel_engine_options options = {.microbatch = job->compute.microbatch,
                                   .threads = (int)startup->bench->threads};
    skel_bench_network model = {.network = NULL};
    skel_engine *engine = NULL;
    skel_view view;
    skel_tensor input;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_view_make(&startup->info, job->data.pad_to, SKEL_AUGMENT_NONE, 0, &view));
    input.channels = view.info.channels;
    input.height = view.side_h;
    input.width = view.side_w;
    SKEL_TRY(skel_model_create(job->model.name, job->model.width, input, view.info.classes,
                               &model.network));
    SKEL_TRY(skel_bench_network_draw(&model));
    SKEL_TRY(skel_engine_create(job->compute.engine, model.network, &options, &engine));
    SKEL_TRY(skel_engine_load(engine, model.parameters, NULL));
done:
    skel_engine_destroy(&engine);
    skel_bench_network_destroy(&model);
    return status;
}

static skel_status measure(skel_startup *startup)
{
    const skel_comm *comm = startup->bench->comm;
    double started = skel_seconds();
    double opened = 0;
    skel_status status = SKEL_OK;

    startup->seconds[0] = startup->bench->mpi_seconds;
    SKEL_TRY(open_data(startup));
    opened = skel_seconds();
    SKEL_TRY(skel_comm_agree(comm, compile(startup)));
    startup->seconds[2] = opened - started;
    startup->seconds[3] = skel_seconds() - opened;
    skel_comm_max_f64(comm, STEPS, startup->seconds);
done:
    return status;
}

static void print_line(const char *name, double seconds)
{
    (void)printf("  %-36s %11.4f\n", name, seconds);
}

static void print(const skel_startup *startup)
{
    const skel_bench *bench = startup->bench;
    const double *seconds = startup->seconds;

    (void)printf("\nstartup: %s on %s, microbatch %zu; once, cold\n", startup->job.model.name,
                 startup->job.data.set, (size_t)startup->job.compute.microbatch);
    (void)printf("  %-36s %11s\n", "", "s");
    print_line("job read", seconds[1]);
    print_line("data set opened and checked", seconds[2]);
    print_line("engine compiled, weights drawn", seconds[3]);
    print_line("sum of these", seconds[1] + seconds[2] + seconds[3]);
    print_line("before them: MPI started", seconds[0]);
    if (bench->peer != NULL) {
        print_line("for comparison: PyTorch imported", bench->peer_seconds);
    } else {
        (void)printf("  %-36s not measured: %s\n", "for comparison: PyTorch imported",
                     bench->no_peer);
    }
    (void)fflush(stdout);
}

skel_status skel_bench_startup(skel_bench *bench)
{
    skel_startup startup = {.bench = bench};
    skel_status status = skel_comm_agree(bench->comm, read_job(&startup));

    if (status != SKEL_OK) {
        return status;
    }
    status = measure(&startup);
    if (status == SKEL_ERR_IO || status == SKEL_ERR_DATA) {
        if (skel_comm_is_root(bench->comm)) {
            (void)printf("\nstartup: not measured: %s\n", skel_error_message());
        }
        return SKEL_OK;
    }
    if (status == SKEL_OK && skel_comm_is_root(bench->comm)) {
        print(&startup);
    }
    return status;
}
