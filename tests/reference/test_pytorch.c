/* Names, counts and numbers against PyTorch's; the files are made by make_fixture.py. */
#include "rig.h"
#include "suite.h"
#include "torch.h"

#include "skel/checksum.h"
#include "skel/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { IMAGES = 8, CLASSES = 10, LOGITS = IMAGES * CLASSES, LISTING = 65536, LINE = 256 };

static void fill_rig(skel_rig *rig)
{
    skel_tensor in = rig->network->tensor[0];

    skel_torch_fill(rig, 0);
    skel_torch_uniform(1000, IMAGES * in.channels * in.height * in.width, 4, 0, rig->image);
    for (size_t i = 0; i < IMAGES; i++) {
        rig->label[i] = (uint16_t)(i * 3 % CLASSES);
    }
}

/* Float roundings, amplified by batch norms on 8 images; see test_engine_networks.c. An activation
 * at 0 that PyTorch and an engine see on different sides would give about 1e-2. */
static double tolerance_of(const char *kind)
{
    return skel_rig_is_double(kind) ? 0x1p-22 : 1e-4;
}

static void check(const char *what, const char *name, size_t count, const float found[],
                  const float expected[], double tolerance)
{
    double error = skel_relative_error(count, found, expected);

    ck_assert_msg(error <= tolerance, "%s %s: %g", what, name, error);
}

static double norm_of(size_t count, const float values[], const float other[])
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum += pow((double)values[i] - (other != NULL ? (double)other[i] : 0), 2);
    }
    return sqrt(sum);
}

/* A part of a vector, whose own size or 1e-2 of the whole's is the measure: the shift of a batch
 * norm before a convolution and another batch norm has a gradient of 0, of which rounding leaves
 * something. */
static void check_part(const skel_rig *rig, const char *name, const skel_parameter *p,
                       const float expected[], double tolerance)
{
    const float *found = rig->gradient + p->offset;
    double whole = norm_of(rig->network->parameter_count, rig->gradient, NULL);

    if (norm_of(p->count, found, expected) > 1e-2 * tolerance * whole) {
        check(rig->network->name, name, p->count, found, expected, tolerance);
    }
}

static void check_losses(const char *kind, const skel_rig *rig, const float expected[])
{
    const skel_engine_options options[] = {
        {.microbatch = IMAGES},
        {.microbatch = IMAGES, .label_smoothing = 0.1},
        {.microbatch = IMAGES, .loss = SKEL_LOSS_RAW_NLL},
    };
    skel_batch batch = skel_rig_batch(rig, 0, IMAGES);

    for (size_t k = 3; k-- > 0;) { /* the first one's gradient is left in the rig */
        skel_engine *engine = skel_rig_engine(rig, kind, &options[k]);
        skel_pass pass = skel_rig_pass(rig);

        ck_assert_ok(skel_engine_gradient(engine, 1, &batch, 1.0 / IMAGES, &pass));
        /* the third is a sum of logits of both signs; the first is about as large as all of them */
        ck_assert_msg(fabs(pass.loss - (double)expected[k]) <=
                          1e-5 * fmax(fabs((double)expected[0]), fabs((double)expected[k])),
                      "loss %zu: %.9g, expected %.9g", k, pass.loss, (double)expected[k]);
        skel_engine_destroy(&engine);
    }
}

static void check_gradients(FILE *file, const char *kind, const skel_rig *rig, float expected[])
{
    const skel_network *network = rig->network;

    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];
        char name[SKEL_NAME + 16];

        (void)snprintf(name, sizeof name, "gradient %s", p->name);
        skel_torch_record(file, name, p->count, expected);
        check_part(rig, name, p, expected, tolerance_of(kind));
    }
    for (size_t i = 0; i < network->buffers; i++) {
        const skel_buffer *b = &network->buffer[i];
        char name[SKEL_NAME + 16];

        (void)snprintf(name, sizeof name, "statistics %s", b->name);
        skel_torch_record(file, name, b->count, expected);
        check(network->name, name, b->count, rig->statistics + b->offset, expected,
              tolerance_of(kind));
        memcpy(rig->buffers + b->offset, expected, b->count * sizeof *expected);
    }
}

/* Products with the Hessian, which the file has for every engine. */
static void check_products(FILE *file, const char *kind, const skel_rig *rig, float expected[])
{
    const skel_network *network = rig->network;
    skel_engine_options options = {.microbatch = IMAGES, .second_order = true, .temperature = 2};
    skel_engine *engine = skel_rig_engine(rig, kind, &options);
    skel_batch batch = skel_rig_batch(rig, 0, IMAGES);
    skel_pass pass = skel_rig_pass(rig);
    float *vector = NULL;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof *vector, &vector));
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];

        skel_torch_uniform(2000 + (uint32_t)i, p->count, 2, 0, vector + p->offset);
    }
    if (skel_rig_has_hessian(kind)) {
        ck_assert_ok(skel_engine_hessian(engine, vector, 1, &batch, 1.0 / IMAGES, &pass));
    }
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];
        char name[SKEL_NAME + 16];

        (void)snprintf(name, sizeof name, "product %s", p->name);
        skel_torch_record(file, name, p->count, expected);
        if (skel_rig_has_hessian(kind)) {
            check_part(rig, name, p, expected, tolerance_of(kind));
        }
    }
    SKEL_FREE(&vector);
    skel_engine_destroy(&engine);
}

static void check_case(FILE *file, const char *kind, const char *model, size_t width, size_t side)
{
    skel_engine *engine = NULL;
    float *expected = NULL;
    float logits[LOGITS];
    skel_batch batch;
    skel_rig rig;

    skel_rig_model(model, width, (skel_tensor){3, side, side}, CLASSES, IMAGES, &rig);
    fill_rig(&rig);
    ck_assert_ok(SKEL_ALLOC(rig.network->parameter_count, sizeof *expected, &expected));
    skel_torch_record(file, "losses", 3, expected);
    check_losses(kind, &rig, expected);
    check_gradients(file, kind, &rig, expected);
    skel_torch_record(file, "logits", LOGITS, expected);
    batch = skel_rig_batch(&rig, 0, IMAGES);
    engine = skel_rig_engine(&rig, kind, &(skel_engine_options){.microbatch = IMAGES});
    ck_assert_ok(skel_engine_forward(engine, &batch, rig.buffers, logits));
    check(model, "logits", LOGITS, logits, expected, tolerance_of(kind));
    check_products(file, kind, &rig, expected);
    skel_engine_destroy(&engine);
    SKEL_FREE(&expected);
    skel_rig_free(&rig);
}

START_TEST(losses_gradients_statistics_logits_and_products_are_pytorchs)
{
    FILE *file = skel_torch_open("pytorch.bin");

    check_case(file, skel_rig_kind(_i), "resnet20", 4, 32);
    check_case(file, skel_rig_kind(_i), "vgg11", 3, 32);
    check_case(file, skel_rig_kind(_i), "wide-resnet-22-2", 4, 16);
    check_case(file, skel_rig_kind(_i), "resnet18-imagenet", 2, 64);
    check_case(file, skel_rig_kind(_i), "mobilenet-v2", 4, 64);
    check_case(file, skel_rig_kind(_i), "wide-resnet-16-8", 8, 16);
    check_case(file, skel_rig_kind(_i), "mobilenet-v1", 3, 64);
    check_case(file, skel_rig_kind(_i), "vgg11-imagenet", 1, 64);
    check_case(file, skel_rig_kind(_i), "vgg13-imagenet", 1, 32);
    check_case(file, skel_rig_kind(_i), "vgg16-imagenet", 1, 32);
    check_case(file, skel_rig_kind(_i), "vgg19-imagenet", 1, 32);
    ck_assert_int_eq(fgetc(file), EOF);
    (void)fclose(file);
}
END_TEST

static size_t append(char text[LISTING], size_t length, const char *name, size_t dims,
                     const size_t shape[])
{
    length += (size_t)snprintf(text + length, LISTING - length, "%s", name);
    for (size_t d = 0; d < dims; d++) {
        length += (size_t)snprintf(text + length, LISTING - length, " %zu", shape[d]);
    }
    length += (size_t)snprintf(text + length, LISTING - length, "\n");
    ck_assert_uint_lt(length, LISTING);
    return length;
}

/* "NAME DIM DIM ..." of all parameters, then of all buffers. */
static void list_network(const skel_network *network, char text[LISTING])
{
    size_t length = 0;

    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];

        length = append(text, length, p->name, p->dims, p->shape);
    }
    for (size_t i = 0; i < network->buffers; i++) {
        length = append(text, length, network->buffer[i].name, 1, &network->buffer[i].count);
    }
}

/* Compares with the listing in the file, if it has one for this model, to say which line differs.
 */
static void check_lines(FILE *file, const char *name, const char *text)
{
    char line[LINE];
    long at = ftell(file);

    while (fgets(line, sizeof line, file) != NULL && line[0] == ' ') {
        size_t length = strlen(line + 2);

        ck_assert_msg(strncmp(text, line + 2, length) == 0, "%s: PyTorch has %.*s, we have %.*s",
                      name, (int)length - 1, line + 2, (int)strcspn(text, "\n"), text);
        text += length;
        at = ftell(file);
    }
    (void)fseek(file, at, SEEK_SET);
}

static void check_model(FILE *file, const char *line)
{
    char name[SKEL_NAME];
    char md5[SKEL_CHECKSUM_TEXT];
    char found[SKEL_CHECKSUM_TEXT];
    size_t n[8];
    char *text = NULL;
    skel_network *network = NULL;

    ck_assert_int_eq(sscanf(line, "model %63s %zu %zu %zu %zu %zu %zu %zu %zu %32s", name, &n[0],
                            &n[1], &n[2], &n[3], &n[4], &n[5], &n[6], &n[7], md5),
                     10);
    ck_assert_ok(skel_model_create(name, 0, (skel_tensor){n[0], n[1], n[1]}, n[2], &network));
    ck_assert_ok(SKEL_ALLOC(LISTING, 1, &text));
    list_network(network, text);
    check_lines(file, name, text);
    ck_assert_uint_eq(network->parameter_count, n[3]);
    ck_assert_uint_eq(network->prunable_count, n[4]);
    ck_assert_msg(skel_network_macs(network) == (double)n[5], "%s: %.0f multiply-adds, not %zu",
                  name, skel_network_macs(network), n[5]);
    ck_assert_uint_eq(network->parameters, n[6]);
    ck_assert_uint_eq(network->buffers, n[7]);
    skel_checksum_md5(strlen(text), text, found);
    ck_assert_msg(strcmp(found, md5) == 0, "%s: other names or shapes than PyTorch's", name);
    SKEL_FREE(&text);
    skel_network_destroy(&network);
}

START_TEST(every_model_has_pytorchs_parameters_in_pytorchs_order)
{
    FILE *file = skel_torch_open("pytorch.txt");
    char line[LINE];
    size_t models = 0;
    size_t expected = 0;

    (void)skel_model_names(&expected);
    while (fgets(line, sizeof line, file) != NULL) {
        check_model(file, line);
        models++;
    }
    ck_assert_uint_eq(models, expected);
    (void)fclose(file);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, every_model_has_pytorchs_parameters_in_pytorchs_order);
    tcase_add_loop_test(tcase, losses_gradients_statistics_logits_and_products_are_pytorchs, 0,
                        skel_rig_kinds());
}

int main(void)
{
    return skel_suite_run("PyTorch", fill);
}
