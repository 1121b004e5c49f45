/* Sections of a report. */
#include "skel/report_section.h"

#include "skel/memory.h"

const skel_report_group *skel_report_section_find(const skel_report_section *section, size_t line,
                                                  double sparsity)
{
    for (size_t i = 0; i < section->groups; i++) {
        if (section->group[i].line == line && section->group[i].sparsity == sparsity) {
            return &section->group[i];
        }
    }
    return NULL;
}

void skel_report_section_clear(skel_report_section *section)
{
    for (size_t i = 0; i < section->groups; i++) {
        SKEL_FREE(&section->group[i].run);
        SKEL_FREE(&section->group[i].absent);
    }
    for (size_t i = 0; i < section->lines; i++) {
        SKEL_FREE(&section->line[i].label);
    }
    SKEL_FREE(&section->group);
    SKEL_FREE(&section->line);
    SKEL_FREE(&section->sparsity);
    SKEL_FREE(&section->seed);
    skel_texts_clear(&section->keys);
    skel_texts_clear(&section->shared);
    skel_texts_clear(&section->dependent);
}
