/* Predicts the classes of images with a run file, through the installed library libskel.
 *
 *     predict RUN.h5 IMAGES.idx3-ubyte COUNT [ENGINE]
 *
 * prints the class of each of the first COUNT images of an IDX file (MNIST's format) on a line of
 * its own. CMakeLists.txt beside this file is all that a program needs; without CMake:
 *
 *     cc predict.c $(pkg-config --cflags --libs skel) -o predict
 */
#include <skel/predictor.h>

#include <stdio.h>
#include <stdlib.h>

enum { HEADER = 16 }; /* bytes of an IDX file before its pixels */

/* Reads the pixels of `count` images; NULL if the file does not have them. */
static uint8_t *read_pixels(const char *path, size_t count, size_t image)
{
    FILE *stream = fopen(path, "rb");
    uint8_t *pixels = malloc(count * image + 1);
    int ok = stream != NULL && pixels != NULL && fseek(stream, HEADER, SEEK_SET) == 0 &&
             fread(pixels, image, count, stream) == count;

    if (stream != NULL) {
        (void)fclose(stream);
    }
    if (!ok) {
        (void)fprintf(stderr, "%s does not have %zu images of %zu bytes\n", path, count, image);
        free(pixels);
        pixels = NULL;
    }
    return pixels;
}

static int predict(skel_predictor *predictor, const char *path, size_t count)
{
    skel_predictor_facts facts = skel_predictor_describe(predictor);
    uint8_t *pixels = read_pixels(path, count, facts.channels * facts.height * facts.width);
    float *logits = malloc(count * facts.classes * sizeof *logits + 1);
    size_t *classes = malloc(count * sizeof *classes + 1);
    int status = pixels != NULL && logits != NULL && classes != NULL ? 0 : EXIT_FAILURE;

    if (status == 0) {
        status = skel_predictor_pixels(predictor, count, pixels, logits);
    }
    if (status == 0) {
        status = skel_predictor_classes(predictor, count, logits, classes);
    }
    for (size_t i = 0; status == 0 && i < count; i++) {
        (void)printf("%zu\n", classes[i]);
    }
    free(classes);
    free(logits);
    free(pixels);
    return status;
}

int main(int argc, char **argv)
{
    skel_predictor_options options = {.engine = argc > 4 ? argv[4] : NULL};
    skel_predictor *predictor = NULL;
    int status = 0;

    if (argc < 4) {
        (void)fprintf(stderr, "usage: predict RUN.h5 IMAGES.idx3-ubyte COUNT [ENGINE]\n");
        return EXIT_FAILURE;
    }
    status = skel_predictor_open(argv[1], &options, &predictor);
    if (status == 0) {
        status = predict(predictor, argv[2], strtoul(argv[3], NULL, 10));
    }
    if (status != 0) {
        (void)fprintf(stderr, "predict: %s\n", skel_predictor_error());
    }
    skel_predictor_close(&predictor);
    return status;
}
