/* Networks with convolutions in groups, made from others. */
#include "suite.h"

#include "skel/divided.h"

START_TEST(a_resnet_in_groups_has_the_parameters_of_its_resnext)
{
    enum { GROUPS = 32 };
    skel_network *whole = NULL;
    skel_network *divided = NULL;
    size_t removed = 0;

    ck_assert_ok(skel_model_create("resnet50", 0, (skel_tensor){3, 32, 32}, 10, &whole));
    ck_assert_ok(skel_divided_create(whole, GROUPS, &divided));
    ck_assert_uint_eq(divided->ops, whole->ops);
    for (size_t i = 0; i < whole->ops; i++) {
        const skel_op *op = &divided->op[i];
        bool is_stem = whole->tensor[op->input].channels == 3;
        bool is_larger = op->kind == SKEL_OP_CONV && op->window.kernel[0] == 3 && !is_stem;

        if (op->kind == SKEL_OP_CONV) {
            ck_assert_uint_eq(op->groups, is_larger ? GROUPS : 1);
        }
        if (is_larger) {
            size_t count = whole->parameter[op->weight].count;

            ck_assert_uint_eq(divided->parameter[op->weight].count, count / GROUPS);
            removed += count - count / GROUPS;
        }
    }
    ck_assert_uint_gt(removed, 0);
    ck_assert_uint_eq(divided->parameter_count, whole->parameter_count - removed);
    skel_network_destroy(&whole);
    skel_network_destroy(&divided);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_resnet_in_groups_has_the_parameters_of_its_resnext);
}

int main(void)
{
    return skel_suite_run("divided", fill);
}
