/* From the sums of batch norm to means and variances. */
#include "statistics.h"

#include <math.h>
#include <string.h>

skel_status skel_statistics_total(const skel_engine_options *options, size_t count, size_t columns,
                                  const double rows[], double total[])
{
    if (options->statistics_sum == NULL) {
        SKEL_ASSERT(count == 1);
        memcpy(total, rows, columns * sizeof *total);
        return SKEL_OK;
    }
    return options->statistics_sum(options->statistics_context, count, columns, rows, total);
}

skel_statistics_moments skel_statistics_of(size_t channels, const double total[], size_t channel)
{
    double elements = total[0];
    double mean = total[1 + channel] / elements;
    double variance = total[1 + channels + channel] / elements - mean * mean;

    return (skel_statistics_moments){.mean = mean, .variance = variance < 0 ? 0 : variance};
}

double skel_statistics_inverse(double variance, double epsilon)
{
    return 1 / sqrt(variance + epsilon);
}

void skel_statistics_store(const skel_network *network, const skel_op *op, const double total[],
                           size_t count, const skel_pass passes[])
{
    const skel_buffer *means = &network->buffer[op->mean];
    const skel_buffer *variances = &network->buffer[op->variance];
    double elements = total[0];

    for (size_t c = 0; c < means->count; c++) {
        skel_statistics_moments channel = skel_statistics_of(means->count, total, c);
        double unbiased =
            elements > 1 ? channel.variance * elements / (elements - 1) : channel.variance;

        for (size_t i = 0; i < count; i++) {
            if (passes[i].statistics != NULL) {
                passes[i].statistics[means->offset + c] = (float)channel.mean;
                passes[i].statistics[variances->offset + c] = (float)unbiased;
            }
        }
    }
}
