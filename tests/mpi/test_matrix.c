/* Distributed matrices, Gram matrices and Cholesky factors on every grid of the ranks, against
 * plain loops and closed forms. */
#include "matrices.h"
#include "suite.h"

#include "skel/cholesky.h"
#include "skel/eigen.h"
#include "skel/gram.h"
#include "skel/memory.h"
#include "skel/singular.h"

#include <math.h>
#include <string.h>

/* Below, at and above one block, and several blocks. */
static const size_t sizes[] = {1, 2, 63, 64, 65, 128, 150};
enum { SIZES = sizeof sizes / sizeof *sizes };

static void elements_and_products(const skel_grid *grid)
{
    skel_matrix *a = matrices_make(grid, 130, 70, matrices_noise);
    skel_matrix *b = matrices_make(grid, 130, 90, matrices_noise);
    skel_matrix *c = matrices_make(grid, 70, 90, NULL);
    double *whole_a = matrices_whole(a);
    double *whole_b = matrices_whole(b);
    double *whole = NULL;
    double column[130];
    bool right = true;
    double squares = 0;

    skel_matrix_multiply(2, SKEL_MATRIX_TRANSPOSED, a, SKEL_MATRIX_PLAIN, b, 0, c);
    whole = matrices_whole(c);
    for (size_t i = 0; i < 70; i++) {
        for (size_t j = 0; j < 90; j++) {
            double sum = 0;

            for (size_t k = 0; k < 130; k++) {
                sum += whole_a[i * 130 + k] * whole_b[j * 130 + k];
            }
            right = right && matrices_close(whole[j * 70 + i], 2 * sum, 130);
        }
    }
    for (size_t k = 0; k < (size_t)130 * 70; k++) {
        right = right && whole_a[k] == matrices_noise(NULL, k % 130, k / 130);
        squares += whole_a[k] * whole_a[k];
    }
    skel_matrix_column(a, 66, column);
    right = right && memcmp(column, whole_a + (size_t)66 * 130, sizeof column) == 0;
    right = right && matrices_close(skel_matrix_norm(a), sqrt(squares), sqrt(squares));
    ck_assert(skel_suite_all(right));
    SKEL_FREE(&whole_a);
    SKEL_FREE(&whole_b);
    SKEL_FREE(&whole);
    skel_matrix_destroy(&a);
    skel_matrix_destroy(&b);
    skel_matrix_destroy(&c);
}

START_TEST(elements_columns_norms_and_products_are_those_of_plain_loops)
{
    matrices_on_each_grid(elements_and_products);
}
END_TEST

static double scaled_noise(void *context, size_t row, size_t column)
{
    const double *scale = context;

    return *scale * matrices_noise(NULL, row, column);
}

static void norms(const skel_grid *grid)
{
    /* squares of the first overflow, of the second vanish; the norms of the last are at the ends of
     * the range */
    double scales[] = {1e200, 1e-200, 1, 4e306, 1e-320};
    skel_matrix *a = matrices_make(grid, 67, 70, matrices_noise);
    double expected = skel_matrix_norm(a);

    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        double digits = i == 4 ? 1e-3 : 1e-14; /* 1e-320 has three of them */

        skel_matrix_fill(a, scaled_noise, &scales[i]);
        ck_assert(
            skel_suite_all(fabs(skel_matrix_norm(a) / scales[i] - expected) <= digits * expected));
    }
    scales[0] = (double)INFINITY;
    skel_matrix_fill(a, scaled_noise, &scales[0]);
    ck_assert(skel_suite_all(!isfinite(skel_matrix_norm(a))));
    skel_matrix_destroy(&a);
    a = matrices_make(grid, 67, 70, matrices_zeros);
    ck_assert(skel_suite_all(skel_matrix_norm(a) == 0));
    skel_matrix_destroy(&a);
    a = matrices_make(grid, 67, 70, matrices_broken);
    ck_assert(skel_suite_all(isnan(skel_matrix_norm(a))));
    skel_matrix_destroy(&a);
}

START_TEST(norms_neither_overflow_nor_vanish)
{
    matrices_on_each_grid(norms);
}
END_TEST

enum { SAMPLES = 35, OUTPUTS = 2, ROWS = 70 };

/* All rows of G: every rank has them here. */
static float *samples_make(size_t rows, size_t parameters)
{
    float *g = NULL;

    ck_assert_ok(SKEL_ALLOC(rows * parameters, sizeof *g, &g));
    for (size_t i = 0; i < rows * parameters; i++) {
        g[i] = (float)matrices_noise(NULL, i / parameters, i % parameters);
    }
    return g;
}

/* A Gram matrix of some pieces of columns, each of them one or several strips. */
static double *gram_of(const skel_grid *grid, size_t samples, size_t outputs, size_t parameters,
                       const float g[])
{
    const size_t pieces[] = {1, parameters - 100, 99};
    const float *rows = g;
    skel_gram *gram = NULL;
    skel_matrix *matrix = NULL;
    double *whole = NULL;
    size_t first = 0;
    size_t count = 0;

    skel_gram_samples(grid, samples, &first, &count);
    rows += first * outputs * parameters;
    ck_assert(skel_suite_all(skel_gram_create(grid, samples, outputs, &gram) == SKEL_OK));
    for (size_t p = 0; p < sizeof pieces / sizeof *pieces; p++) {
        ck_assert(skel_suite_all(skel_gram_add(gram, pieces[p], parameters, rows) == SKEL_OK));
        rows += pieces[p];
    }
    skel_gram_finish(&gram, &matrix);
    whole = matrices_whole(matrix);
    skel_matrix_destroy(&matrix);
    return whole;
}

static void gram_in_pieces(const skel_grid *grid)
{
    /* samples, outputs, parameters: one block and a bit; fewer rows than ranks; several blocks on
     * every rank, with samples that end in the midst of them */
    static const size_t shapes[][3] = {
        {SAMPLES, OUTPUTS, 4500}, {1, 1, 300}, {5, 1, 101}, {64, 1, 300}, {151, 3, 400}};

    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        size_t n = shapes[s][0] * shapes[s][1];
        size_t parameters = shapes[s][2];
        float *g = samples_make(n, parameters);
        double *whole = gram_of(grid, shapes[s][0], shapes[s][1], parameters, g);
        bool right = true;

        for (size_t i = 0; i < n * n; i++) {
            const float *a = g + i / n * parameters;
            const float *b = g + i % n * parameters;
            double sum = 0;

            for (size_t k = 0; k < parameters; k++) {
                sum += (double)a[k] * (double)b[k];
            }
            right = right && matrices_close(whole[i], sum, (double)parameters);
        }
        ck_assert(skel_suite_all(right));
        SKEL_FREE(&whole);
        SKEL_FREE(&g);
    }
}

START_TEST(a_gram_matrix_given_in_pieces_is_that_of_plain_loops)
{
    matrices_on_each_grid(gram_in_pieces);
}
END_TEST

/* Each rank in turn holds a sample that is not finite. */
static void gram_of_broken_samples(const skel_grid *grid)
{
    const skel_comm *comm = skel_grid_comm(grid);

    for (int guilty = 0; guilty < skel_comm_size(comm); guilty++) {
        float rows[ROWS] = {0};
        skel_gram *gram = NULL;
        skel_status status = SKEL_OK;

        ck_assert(skel_suite_all(skel_gram_create(grid, SAMPLES, OUTPUTS, &gram) == SKEL_OK));
        rows[0] = skel_comm_rank(comm) == guilty ? INFINITY : 1;
        status = skel_gram_add(gram, 1, 1, rows);
        ck_assert(skel_suite_all(status == SKEL_ERR_NUMBER));
        ck_assert(skel_suite_all(strstr(skel_error_message(), "is inf") != NULL));
        skel_gram_destroy(&gram);
    }
}

START_TEST(a_sample_that_is_not_finite_is_named_on_every_rank)
{
    matrices_on_each_grid(gram_of_broken_samples);
}
END_TEST

/* A = matrices_differences: L L' = A, and A^-1 has the elements min(i, j) (n + 1 - max(i, j)) / (n
 * + 1). */
static void cholesky_of_all_sizes(const skel_grid *grid)
{
    for (size_t s = 0; s < SIZES; s++) {
        size_t n = sizes[s];
        skel_matrix *a = matrices_make(grid, n, n, matrices_differences);
        skel_matrix *b = matrices_make(grid, n, 3, matrices_noise);
        skel_matrix *product = matrices_make(grid, n, 3, NULL);
        double *expected = matrices_whole(b);
        double *whole = NULL;
        bool right = true;

        ck_assert(skel_suite_all(skel_cholesky_factor(a, "test") == SKEL_OK));
        skel_cholesky_forward(a, b);
        skel_cholesky_backward(a, b);
        skel_matrix_fill(a, matrices_differences, &n);
        skel_matrix_multiply(1, SKEL_MATRIX_PLAIN, a, SKEL_MATRIX_PLAIN, b, 0, product);
        whole = matrices_whole(product);
        for (size_t k = 0; k < 3 * n; k++) {
            right = right && matrices_close(whole[k], expected[k], (double)n);
        }
        SKEL_FREE(&whole);
        ck_assert(skel_suite_all(skel_cholesky_factor(a, "test") == SKEL_OK));
        ck_assert(skel_suite_all(skel_cholesky_invert(a) == SKEL_OK));
        whole = matrices_whole(a);
        for (size_t i = 1; i <= n; i++) {
            for (size_t j = 1; j <= n; j++) {
                double low = (double)(i < j ? i : j);
                double high = (double)(i < j ? j : i);

                right = right &&
                        matrices_close(whole[(j - 1) * n + i - 1],
                                       low * ((double)n + 1 - high) / ((double)n + 1), (double)n);
            }
        }
        ck_assert(skel_suite_all(right));
        SKEL_FREE(&whole);
        SKEL_FREE(&expected);
        skel_matrix_destroy(&a);
        skel_matrix_destroy(&b);
        skel_matrix_destroy(&product);
    }
}

START_TEST(cholesky_factors_solve_and_invert)
{
    matrices_on_each_grid(cholesky_of_all_sizes);
}
END_TEST

static void what_cannot_be_solved(const skel_grid *grid)
{
    skel_matrix *singular = matrices_make(grid, 150, 150, matrices_ones);
    skel_matrix *nan = matrices_make(grid, 150, 150, matrices_broken);
    double values[150];
    skel_status status = skel_cholesky_factor(singular, "a matrix of matrices_ones");

    ck_assert(skel_suite_all(status == SKEL_ERR_NUMBER));
    ck_assert(skel_suite_all(
        strstr(skel_error_message(), "a matrix of matrices_ones: not positive") != NULL));
    status = skel_cholesky_factor(nan, "a matrices_broken matrix");
    ck_assert(skel_suite_all(status == SKEL_ERR_NUMBER));
    status = skel_eigen_symmetric(nan, values, NULL);
    ck_assert(skel_suite_all(status == SKEL_ERR_NUMBER));
    status = skel_singular_values(nan, values);
    ck_assert(skel_suite_all(status == SKEL_ERR_NUMBER));
    skel_matrix_destroy(&singular);
    skel_matrix_destroy(&nan);
}

START_TEST(singular_and_broken_matrices_are_refused_with_words)
{
    matrices_on_each_grid(what_cannot_be_solved);
}
END_TEST

static void what_is_too_large(const skel_grid *grid)
{
    skel_matrix *matrix = NULL;
    size_t edge = (size_t)1 << 31;
    size_t square = 50000 * (size_t)skel_comm_size(skel_grid_comm(grid));

    ck_assert(skel_suite_all(skel_matrix_create(grid, edge, 1, &matrix) == SKEL_ERR_CONFIG));
    ck_assert(skel_suite_all(skel_matrix_create(grid, square, square, &matrix) == SKEL_ERR_CONFIG));
    ck_assert(skel_suite_all(strstr(skel_error_message(), "use more ranks") != NULL));
    ck_assert(skel_suite_all(skel_matrix_create(grid, 0, 1, &matrix) == SKEL_ERR_CONFIG));
}

START_TEST(sizes_beyond_32_bits_are_refused_before_memory_is_taken)
{
    matrices_on_each_grid(what_is_too_large);
}
END_TEST

START_TEST(a_grid_that_does_not_fit_is_refused)
{
    const skel_comm *comm = skel_suite_comm();
    skel_grid *grid = NULL;
    int rows = 0;
    int columns = 0;

    ck_assert(
        skel_suite_all(skel_grid_create(comm, 2, skel_comm_size(comm), &grid) == SKEL_ERR_CONFIG));
    ck_assert(skel_suite_all(skel_grid_create(comm, -1, -skel_comm_size(comm), &grid) ==
                             SKEL_ERR_CONFIG));
    ck_assert(skel_suite_all(skel_grid_create(comm, 0, 0, &grid) == SKEL_OK));
    skel_grid_shape(grid, &rows, &columns);
    ck_assert(skel_suite_all(rows * columns == skel_comm_size(comm) && rows <= columns));
    skel_grid_destroy(&grid);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, elements_columns_norms_and_products_are_those_of_plain_loops);
    tcase_add_test(tcase, norms_neither_overflow_nor_vanish);
    tcase_add_test(tcase, a_gram_matrix_given_in_pieces_is_that_of_plain_loops);
    tcase_add_test(tcase, a_sample_that_is_not_finite_is_named_on_every_rank);
    tcase_add_test(tcase, cholesky_factors_solve_and_invert);
    tcase_add_test(tcase, singular_and_broken_matrices_are_refused_with_words);
    tcase_add_test(tcase, sizes_beyond_32_bits_are_refused_before_memory_is_taken);
    tcase_add_test(tcase, a_grid_that_does_not_fit_is_refused);
}

int main(int argc, char **argv)
{
    return skel_suite_run_mpi(argc, argv, "matrix", fill);
}
