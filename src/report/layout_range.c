/* Ranges of axes, with margins around what is drawn; series that stand beside each other. */
#include "figure_layout.h"

#include <math.h>

static const double dodge = 0.55; /* share of the distance between two ticks */

/* Whether all points of a series stand at ticks. */
static bool is_at_ticks(const skel_panel *panel, const skel_series *series)
{
    for (size_t i = 0; i < series->averages; i++) {
        size_t tick = 0;

        while (tick < panel->x.ticks &&
               fabs(panel->x.tick[tick].at - series->average[i].x) > 1e-6 * series->average[i].x) {
            tick++;
        }
        if (tick == panel->x.ticks) {
            return false;
        }
    }
    return true;
}

static bool are_at_ticks(const skel_panel *panel)
{
    for (size_t i = 0; i < panel->serieses; i++) {
        if (!is_at_ticks(panel, &panel->series[i])) {
            return false;
        }
    }
    return true;
}

double skel_layout_shift(const skel_panel *panel, size_t series)
{
    double spacing = (double)INFINITY;

    if (panel->serieses <= SKEL_LAYOUT_BANDS || !panel->x.log || panel->x.ticks < 2 ||
        !are_at_ticks(panel)) {
        return 1.0;
    }
    for (size_t i = 1; i < panel->x.ticks; i++) {
        spacing = fmin(spacing, log(panel->x.tick[i].at / panel->x.tick[i - 1].at));
    }
    return exp(dodge * spacing * (0.5 - ((double)series + 0.5) / (double)panel->serieses));
}

/* Widens a range so that it holds a value that can be drawn. */
static void include(skel_range *range, bool is_log, double value)
{
    if (isfinite(value) && (!is_log || value > 0.0)) {
        range->low = fmin(range->low, value);
        range->high = fmax(range->high, value);
    }
}

static skel_range with_margin(skel_range range, bool is_log, double share)
{
    if (!(range.low <= range.high)) { /* no value */
        return is_log ? (skel_range){0.1, 10.0} : (skel_range){0.0, 1.0};
    }
    if (is_log) {
        double factor = fmax(pow(range.high / range.low, share), 1.1);

        return (skel_range){range.low / factor, range.high * factor};
    }
    if (range.low == range.high) {
        double width = 0.1 * fabs(range.low);

        return range.low == 0.0 ? (skel_range){0.0, 1.0}
                                : (skel_range){range.low - width, range.high + width};
    }
    return (skel_range){range.low - share * (range.high - range.low),
                        range.high + share * (range.high - range.low)};
}

skel_range skel_layout_range_x(const skel_panel *panel)
{
    skel_range range = {(double)INFINITY, -(double)INFINITY};

    if (panel->map.rows > 0) {
        return (skel_range){-0.5, (double)panel->map.columns - 0.5};
    }
    if (panel->x.low < panel->x.high) {
        return (skel_range){panel->x.low, panel->x.high};
    }
    for (size_t i = 0; i < panel->serieses; i++) {
        const skel_series *series = &panel->series[i];
        double shift = skel_layout_shift(panel, i);

        for (size_t j = 0; j < series->points; j++) {
            if (isfinite(series->point[j].y)) {
                include(&range, panel->x.log, shift * series->point[j].x);
            }
        }
        for (size_t j = 0; j < series->averages; j++) {
            include(&range, panel->x.log, shift * series->average[j].x);
        }
    }
    for (size_t i = 0; i < panel->x.ticks; i++) {
        include(&range, panel->x.log, panel->x.tick[i].at);
    }
    return with_margin(range, panel->x.log, 0.05);
}

static bool has_place(const skel_axis *axis, double value)
{
    return isfinite(value) && (!axis->log || value > 0.0);
}

/* A mean and its band. On a logarithmic axis the low end does not count, which may be as good as 0;
 * shares are never below 0. */
static void include_average(skel_range *range, bool is_log, const skel_average *average)
{
    include(range, is_log, average->y);
    include(range, is_log, average->high);
    if (!is_log && isfinite(average->low)) {
        include(range, false, average->y >= 0.0 ? fmax(average->low, 0.0) : average->low);
    }
}

skel_range skel_layout_range_y(const skel_panel *panel)
{
    skel_range range = {(double)INFINITY, -(double)INFINITY};

    if (panel->map.rows > 0) {
        return (skel_range){-0.5, (double)panel->map.rows - 0.5};
    }
    if (panel->y.low < panel->y.high) {
        return (skel_range){panel->y.low, panel->y.high};
    }
    for (size_t i = 0; i < panel->serieses; i++) {
        const skel_series *series = &panel->series[i];

        for (size_t j = 0; j < series->points; j++) {
            if (has_place(&panel->x, series->point[j].x)) {
                include(&range, panel->y.log, series->point[j].y);
            }
        }
        for (size_t j = 0; j < series->averages; j++) {
            if (has_place(&panel->x, series->average[j].x)) {
                include_average(&range, panel->y.log, &series->average[j]);
            }
        }
    }
    for (size_t i = 0; i < panel->levels; i++) {
        include(&range, panel->y.log, panel->level[i].y);
    }
    return with_margin(range, panel->y.log, 0.06);
}
