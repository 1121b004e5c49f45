/* Second moments over the ranks, against plain loops, and the same bits on any number of ranks. */
#include "suite.h"

#include "skel/moments.h"
#include "skel/random.h"

#include <math.h>
#include <string.h>

enum { ORDER = 19, PARTS = 7, VECTORS = 11 };

static double vectors[PARTS][VECTORS][ORDER];

static void draw(void)
{
    skel_stream stream = skel_stream_open(9, SKEL_PURPOSE_TEST, 0, 0);
    double *element = &vectors[0][0][0];

    for (size_t i = 0; i < (size_t)PARTS * VECTORS * ORDER; i++) {
        element[i] = i % 23 == 0 ? 0 : skel_stream_normal(&stream) * (i % 5 == 0 ? 100 : 1);
    }
}

static skel_status sum(const skel_comm *comm, double matrix[])
{
    skel_moments *moments = NULL;
    size_t rank = (size_t)skel_comm_rank(comm);
    size_t ranks = (size_t)skel_comm_size(comm);
    skel_status status = skel_comm_agree(comm, skel_moments_create(comm, ORDER, PARTS, &moments));

    if (status != SKEL_OK) {
        return status;
    }
    for (size_t p = rank; p < PARTS; p += ranks) {
        skel_moments_measure(moments, VECTORS, &vectors[p][0][0]);
    }
    status = skel_moments_scale(moments);
    for (size_t p = rank; status == SKEL_OK && p < PARTS; p += ranks) {
        skel_moments_add(moments, VECTORS, &vectors[p][0][0]);
    }
    if (status == SKEL_OK) {
        skel_moments_finish(moments, (double)PARTS * VECTORS, 0.5, matrix);
    }
    skel_moments_destroy(&moments);
    return status;
}

START_TEST(moments_are_means_of_products_with_the_damping_on_the_diagonal)
{
    double found[ORDER * ORDER];
    bool right = true;

    draw();
    right = sum(skel_suite_comm(), found) == SKEL_OK;
    for (size_t i = 0; i < ORDER; i++) {
        for (size_t j = 0; j < ORDER; j++) {
            double expected = i == j ? 0.5 : 0;
            double size = 1;

            for (size_t v = 0; v < (size_t)PARTS * VECTORS; v++) {
                const double *x = &vectors[0][0][0] + v * ORDER;

                expected += x[i] * x[j] / (PARTS * VECTORS);
                size += fabs(x[i] * x[j]) / (PARTS * VECTORS);
            }
            right = right && fabs(found[i * ORDER + j] - expected) <= 1e-13 * size * 100;
        }
    }
    ck_assert(skel_suite_all(right));
}
END_TEST

START_TEST(bits_do_not_depend_on_the_number_of_ranks)
{
    double found[ORDER * ORDER];
    double alone[ORDER * ORDER];
    skel_comm *self = NULL;
    bool right = true;

    draw();
    ck_assert_ok(skel_comm_create_self(&self));
    right = sum(skel_suite_comm(), found) == SKEL_OK;
    right = sum(self, alone) == SKEL_OK && right;
    ck_assert(skel_suite_all(right && memcmp(found, alone, sizeof found) == 0));
    skel_comm_destroy(&self);
}
END_TEST

START_TEST(a_vector_that_is_no_number_is_an_error_on_every_rank)
{
    static const double broken[] = {(double)NAN, (double)INFINITY, 1e200};

    for (size_t part = 0; part < PARTS; part++) {
        double found[ORDER * ORDER];

        draw();
        vectors[part][3][part] = broken[part % 3];
        ck_assert(skel_suite_all(sum(skel_suite_comm(), found) == SKEL_ERR_NUMBER));
        ck_assert(skel_suite_all(strstr(skel_error_message(), "not finite") != NULL));
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, moments_are_means_of_products_with_the_damping_on_the_diagonal);
    tcase_add_test(tcase, bits_do_not_depend_on_the_number_of_ranks);
    tcase_add_test(tcase, a_vector_that_is_no_number_is_an_error_on_every_rank);
}

int main(int argc, char **argv)
{
    return skel_suite_run_mpi(argc, argv, "moments", fill);
}
