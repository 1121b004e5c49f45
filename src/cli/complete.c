/* The words that can stand in a place of the command line. The usage of a command and the arguments
 * of its options say it: `a|b` are words, SET is the name of a data set, a name with a dot is a
 * file. */
#include "complete.h"

#include "help.h"

#include "skel/dataset.h"
#include "skel/engine.h"
#include "skel/method.h"
#include "skel/network.h"
#include "skel/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { TOKEN = 64 };

/* Kinds of words in capitals. A kind that is not here has a dot and is a file, or has no list. */
static const struct {
    const char *kind;
    const char *const *(*names)(size_t *count); /* NULL: `mark` */
    const char *mark;
} kinds[] = {
    {"SET", skel_dataset_names, NULL},
    {"MODEL", skel_model_names, NULL},
    {"METHOD", skel_method_names, NULL},
    {"ENGINE", skel_engine_kinds, NULL},
    {"DIR", NULL, ":folders"},
    {"FILE", NULL, ":files"},
    {"SCRIPT", NULL, ":files"},
    {"RUN", NULL, ":files"},
    {"A", NULL, ":files"},
    {"B", NULL, ":files"},
    {"C", NULL, ":files"},
};

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* Prints BEFORE VALUE if VALUE begins with what is typed. */
static void offer(const char *before, const char *value, const char *typed, const char *meaning)
{
    if (begins_with(value, typed)) {
        printf("%s%s%s%s\n", before, value, meaning != NULL ? "\t" : "",
               meaning != NULL ? meaning : "");
    }
}

static bool has_capital(const char *text)
{
    while (*text != '\0' && !isupper((unsigned char)*text)) {
        text++;
    }
    return *text != '\0';
}

/* Offers the words of one kind: a word in small letters itself. */
static void offer_kind(const char *kind, const char *before, const char *typed)
{
    if (strcmp(kind, "key=value") == 0) {
        skel_job_complete(stdout, typed, SKEL_HELP_LISTS, skel_help_lists);
    } else if (!has_capital(kind)) {
        offer(before, kind, typed, NULL);
    } else if (strchr(kind, '.') != NULL) {
        printf(":files\n");
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].kind, kind) == 0 && kinds[i].names == NULL) {
            printf("%s\n", kinds[i].mark);
        } else if (strcmp(kinds[i].kind, kind) == 0) {
            size_t count = 0;
            const char *const *names = kinds[i].names(&count);

            for (size_t k = 0; k < count; k++) {
                offer(before, names[k], typed, NULL);
            }
        }
    }
}

/* Offers the words of kinds with '|' between them. */
static void offer_kinds(const char *all, const char *before, const char *typed)
{
    while (*all != '\0') {
        size_t length = strcspn(all, "|");
        char kind[TOKEN];

        (void)snprintf(kind, sizeof kind, "%.*s", (int)length, all);
        offer_kind(kind, before, typed);
        all += length + (all[length] == '|' ? 1 : 0);
    }
}

/* Takes the next word of a usage, without brackets and dots: false at its end or before options. */
static bool next_token(const char **usage, char token[TOKEN])
{
    size_t length = 0;

    do {
        *usage += strspn(*usage, " []");
        length = strcspn(*usage, " []");
        (void)snprintf(token, TOKEN, "%.*s", (int)length, *usage);
        *usage += length;
        if (skel_text_ends_in(token, "...")) {
            token[strlen(token) - strlen("...")] = '\0';
        }
    } while (strcmp(token, "...") == 0);
    return token[0] != '\0' && token[0] != '-' && strcmp(token, "options") != 0;
}

/* Offers a word that is no option: the kind of its place in the usage, or the last one's. Words in
 * small letters, such as parts, can stand in every place. */
static void offer_word(const skel_command *command, size_t place, const char *typed)
{
    const char *usage = command->usage;
    char token[TOKEN];
    char last[TOKEN] = "";

    for (size_t at = 0; next_token(&usage, token);) {
        if (!has_capital(token) && strcmp(token, "key=value") != 0) {
            offer_kinds(token, "", typed);
        } else if (at++ <= place) {
            memcpy(last, token, sizeof last);
        }
    }
    offer_kinds(last, "", typed);
}

/* The option with this name, "--out" or "-q"; NULL if the command has none. */
static const skel_option *option_of(const skel_command *command, const char *word)
{
    const skel_option *option = command->options;

    while (option->name != NULL &&
           !(begins_with(word, "--") ? strcmp(word + 2, option->name) == 0
                                     : word[0] == '-' && word[1] == option->letter &&
                                           word[1] != '\0' && word[2] == '\0')) {
        option++;
    }
    return option->name != NULL ? option : NULL;
}

static void offer_options(const skel_command *command, const char *typed)
{
    for (const skel_option *option = command->options; option->name != NULL; option++) {
        char name[TOKEN];

        (void)snprintf(name, sizeof name, "--%s", option->name);
        offer("", name, typed, option->help);
    }
    offer("", "--help", typed, "print this and exit");
}

/* Offers a value behind "--name=". */
static void offer_value(const skel_command *command, const char *typed)
{
    char name[TOKEN];
    char before[TOKEN + 1];
    size_t length = strcspn(typed, "=");
    const skel_option *option = NULL;

    (void)snprintf(name, sizeof name, "%.*s", (int)length, typed);
    (void)snprintf(before, sizeof before, "%s=", name);
    option = option_of(command, name);
    if (option != NULL && option->argument != NULL) {
        offer_kinds(option->argument, before, typed + length + 1);
    }
}

static void complete_command(const skel_command *command, size_t words, char *const word[])
{
    const char *typed = word[words - 1];
    const skel_option *waiting = NULL; /* option whose value is next */
    bool options_end = false;
    size_t place = 0;

    for (size_t i = 1; i + 1 < words; i++) {
        if (waiting != NULL) {
            waiting = NULL;
        } else if (!options_end && word[i][0] == '-') {
            options_end = strcmp(word[i], "--") == 0;
            waiting = option_of(command, word[i]);
            waiting = waiting != NULL && waiting->argument != NULL ? waiting : NULL;
        } else {
            place++;
        }
    }
    if (waiting != NULL) {
        offer_kinds(waiting->argument, "", typed);
    } else if (!options_end && begins_with(typed, "--") && strchr(typed, '=') != NULL) {
        offer_value(command, typed);
    } else if (!options_end && typed[0] == '-') {
        offer_options(command, typed);
    } else {
        offer_word(command, place, typed);
    }
}

void skel_complete_print(const skel_command *const command[], size_t words, char *const word[])
{
    bool helps = words == 2 && strcmp(word[0], "help") == 0;

    for (size_t i = 0; command[i] != NULL; i++) {
        if (words == 1 || helps) {
            offer("", command[i]->name, word[words - 1], command[i]->summary);
        } else if (strcmp(command[i]->name, word[0]) == 0) {
            complete_command(command[i], words, word);
        }
    }
    if (words == 1) {
        offer("", "help", word[0], "describe a command");
        offer("", "--help", word[0], "list the commands");
        offer("", "--version", word[0], "print the versions of the program and its libraries");
    }
}
