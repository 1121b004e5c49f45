/* Rules see a tensor's weights, or in their place its blocks. */
#include "mask_rule.h"

#include "skel/unit_mask.h"

static const skel_reparameterisation *rules_of(const skel_inputs *in)
{
    return in->settings.method->reparameterisation;
}

/* A tensor with its blocks in place of its weights. */
static skel_reparameterised in_blocks(const skel_unit_mask *of, const skel_reparameterised *tensor,
                                      size_t layer)
{
    const skel_segment *segment = &of->segment[layer];
    skel_reparameterised blocks = *tensor;

    blocks.count = segment->count;
    blocks.stored = of->parameters + segment->offset;
    blocks.keep = of->mask.keep + segment->offset;
    return blocks;
}

skel_status skel_mask_rule_start(const skel_inputs *in, const skel_reparameterised tensor[],
                                 const skel_mask *mask, const float stored[])
{
    skel_unit_mask of = {.units = NULL};
    skel_status status = SKEL_OK;

    if (in->units != NULL) {
        SKEL_TRY(skel_unit_mask_open(in->units, mask, false, stored, NULL, NULL, &of));
    }
    for (size_t layer = 0; layer < in->layers; layer++) {
        if (in->units != NULL) {
            const skel_reparameterised blocks = in_blocks(&of, &tensor[layer], layer);

            rules_of(in)->start(&blocks);
        } else {
            rules_of(in)->start(&tensor[layer]);
        }
    }
done:
    skel_unit_mask_close(&of);
    return status;
}

static void refresh_weights(const skel_inputs *in, const skel_reparameterised tensor[],
                            skel_mask *mask)
{
    for (size_t layer = 0; layer < in->layers; layer++) {
        if (!in->whole[layer]) {
            rules_of(in)->refresh(&tensor[layer], mask->keep + in->layer[layer].offset);
        }
    }
}

static skel_status refresh_blocks(const skel_inputs *in, const skel_reparameterised tensor[],
                                  skel_mask *mask, const float stored[])
{
    skel_unit_mask of = {.units = NULL};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_unit_mask_open(in->units, mask, false, stored, NULL, NULL, &of));
    for (size_t layer = 0; layer < in->layers; layer++) {
        const skel_reparameterised blocks = in_blocks(&of, &tensor[layer], layer);

        if (!in->whole[layer]) {
            rules_of(in)->refresh(&blocks, of.mask.keep + of.segment[layer].offset);
        }
    }
    skel_units_expand(in->units, of.mask.keep, mask, mask->keep);
done:
    skel_unit_mask_close(&of);
    return status;
}

skel_status skel_mask_rule_refresh(const skel_inputs *in, const skel_reparameterised tensor[],
                                   skel_mask *mask, const float stored[])
{
    skel_status status = SKEL_OK;

    if (in->units != NULL) {
        status = refresh_blocks(in, tensor, mask, stored);
    } else {
        refresh_weights(in, tensor, mask);
    }
    skel_mask_recount(mask);
    return status;
}
