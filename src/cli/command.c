/* Reads a command line by the command's table of options. */
#include "command.h"

#include "skel/log.h"
#include "skel/text.h"
#include "skel/watchdog.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t option_count(const skel_command *command)
{
    size_t count = 0;

    while (command->options[count].name != NULL) {
        count++;
    }
    SKEL_ASSERT(count <= SKEL_COMMAND_OPTIONS);
    return count;
}

static skel_status unknown_option(const skel_command *command, const char *word)
{
    const char *names[SKEL_COMMAND_OPTIONS];
    size_t count = option_count(command);
    const char *nearest = NULL;

    for (size_t i = 0; i < count; i++) {
        names[i] = command->options[i].name;
    }
    nearest = skel_text_nearest(word + strspn(word, "-"), count, names);
    if (nearest != NULL) {
        return SKEL_FAIL(SKEL_ERR_USAGE, "skel %s: unknown option %s; did you mean --%s?",
                         command->name, word, nearest);
    }
    return SKEL_FAIL(SKEL_ERR_USAGE, "skel %s: unknown option %s; see skel %s --help",
                     command->name, word, command->name);
}

/* The option that `word` names; `*value` is what stands behind its '=', or NULL. */
static skel_status find_option(const skel_command *command, const char *word, size_t *index,
                               const char **value)
{
    bool is_long = word[1] == '-';
    const char *name = word + (is_long ? 2 : 1);
    size_t length = is_long ? strcspn(name, "=") : 1;

    *value = is_long && name[length] == '=' ? name + length + 1 : NULL;
    if (!is_long && name[1] != '\0') {
        return SKEL_FAIL(SKEL_ERR_USAGE, "skel %s: %s: give one-letter options one by one",
                         command->name, word);
    }
    for (*index = 0; command->options[*index].name != NULL; ++*index) {
        const skel_option *option = &command->options[*index];

        if (is_long ? strlen(option->name) == length && strncmp(option->name, name, length) == 0
                    : option->letter == name[0]) {
            return SKEL_OK;
        }
    }
    return unknown_option(command, word);
}

/* Whether the argument of an option is a path, or may be one: "FILE.npz", "SET|DIR". */
static bool is_path(const char *argument)
{
    return strstr(argument, "FILE") != NULL || strstr(argument, "DIR") != NULL ||
           strstr(argument, "SCRIPT") != NULL;
}

/* Reads the option at argv[*at] and moves *at to its last word. */
static skel_status take_option(const skel_command *command, int argc, char **argv, int *at,
                               skel_arguments *out)
{
    const char *value = NULL;
    size_t index = 0;
    skel_status status = find_option(command, argv[*at], &index, &value);

    if (status != SKEL_OK) {
        return status;
    }
    if (command->options[index].argument == NULL) {
        if (value != NULL) {
            return SKEL_FAIL(SKEL_ERR_USAGE, "skel %s: --%s takes no value", command->name,
                             command->options[index].name);
        }
        value = "";
    } else if (value == NULL) {
        if (*at + 1 >= argc) {
            return SKEL_FAIL(SKEL_ERR_USAGE, "skel %s: --%s needs a value: %s", command->name,
                             command->options[index].name, command->options[index].argument);
        }
        value = argv[++*at];
    }
    if (value[0] == '\0' && command->options[index].argument != NULL &&
        is_path(command->options[index].argument)) {
        return SKEL_FAIL(SKEL_ERR_USAGE, "skel %s: --%s: an empty name, expected %s", command->name,
                         command->options[index].name, command->options[index].argument);
    }
    out->value[index] = value;
    return SKEL_OK;
}

/* How many words there are, and that none before `--` is empty: a file, a folder or a key. */
static skel_status check_words(const skel_command *command, const skel_arguments *arguments)
{
    if (arguments->count < command->words_min || arguments->count > command->words_max) {
        return SKEL_FAIL(SKEL_ERR_USAGE, "skel %s: too %s arguments; usage: skel %s %s",
                         command->name, arguments->count < command->words_min ? "few" : "many",
                         command->name, command->usage);
    }
    for (size_t i = 0; i < arguments->before_end; i++) {
        if (arguments->word[i][0] == '\0') {
            return SKEL_FAIL(SKEL_ERR_USAGE, "skel %s: an empty argument; usage: skel %s %s",
                             command->name, command->name, command->usage);
        }
    }
    return SKEL_OK;
}

skel_status skel_arguments_parse(const skel_command *command, int argc, char **argv, char *words[],
                                 skel_arguments *out, bool *help)
{
    bool options_end = false;
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    out->command = command;
    out->argc = argc;
    out->argv = argv;
    out->word = words;
    *help = false;
    for (int i = 2; i < argc; i++) {
        if (!options_end && strcmp(argv[i], "--") == 0) {
            options_end = true;
            out->before_end = out->count;
        } else if (options_end || argv[i][0] != '-' || argv[i][1] == '\0') {
            words[out->count++] = argv[i];
        } else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            *help = true;
            return SKEL_OK;
        } else {
            SKEL_TRY(take_option(command, argc, argv, &i, out));
        }
    }
    out->before_end = options_end ? out->before_end : out->count;
    SKEL_TRY(check_words(command, out));
done:
    return status;
}

const char *skel_arguments_get(const skel_arguments *arguments, const char *name)
{
    const skel_option *options = arguments->command->options;
    size_t i = 0;

    while (options[i].name != NULL && strcmp(options[i].name, name) != 0) {
        i++;
    }
    SKEL_ASSERT(options[i].name != NULL);
    return arguments->value[i];
}

bool skel_arguments_has(const skel_arguments *arguments, const char *name)
{
    return skel_arguments_get(arguments, name) != NULL;
}

skel_status skel_arguments_number(const skel_arguments *arguments, const char *name, uint64_t least,
                                  uint64_t most, uint64_t *value)
{
    const char *text = skel_arguments_get(arguments, name);
    char *end = NULL;
    unsigned long long number = 0;

    if (text == NULL) {
        return SKEL_OK;
    }
    errno = 0;
    number = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || number < least ||
        number > most) {
        return SKEL_FAIL(SKEL_ERR_USAGE, "skel %s: --%s %s: not a number from %llu to %llu",
                         arguments->command->name, name, text, (unsigned long long)least,
                         (unsigned long long)most);
    }
    *value = number;
    return SKEL_OK;
}

skel_status skel_arguments_real(const skel_arguments *arguments, const char *name, double most,
                                double *value)
{
    const char *text = skel_arguments_get(arguments, name);
    char *end = NULL;
    double number = 0;

    if (text == NULL) {
        return SKEL_OK;
    }
    number = strtod(text, &end);
    if (end == text || *end != '\0' || !(number > 0 && number <= most)) {
        return SKEL_FAIL(SKEL_ERR_USAGE, "skel %s: --%s %s: not a number above 0, at most %g",
                         arguments->command->name, name, text, most);
    }
    *value = number;
    return SKEL_OK;
}

skel_status skel_arguments_choice(const skel_arguments *arguments, const char *name, size_t count,
                                  const char *const words[], size_t *index)
{
    const char *text = skel_arguments_get(arguments, name);
    const char *nearest = NULL;
    char list[256];

    for (size_t i = 0; text != NULL && i < count; i++) {
        if (strcmp(text, words[i]) == 0) {
            *index = i;
            return SKEL_OK;
        }
    }
    if (text == NULL) {
        return SKEL_OK;
    }
    skel_text_list(count, words, sizeof list, list);
    nearest = skel_text_nearest(text, count, words);
    return SKEL_FAIL(SKEL_ERR_USAGE, "skel %s: --%s %s: expected one of %s%s%s%s",
                     arguments->command->name, name, text, list,
                     nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "",
                     nearest != NULL ? "?" : "");
}

/* Also -q does not hide how a stopped run goes on. */
static void say(skel_status status)
{
    if (status != SKEL_ERR_STOPPED) {
        skel_log(SKEL_LOG_ERROR, "%s", skel_error_message());
    } else if (skel_log_enabled(SKEL_LOG_ERROR)) {
        skel_log_clear_line();
        (void)fprintf(stderr, "skel: %s\n", skel_error_message());
    }
}

skel_status skel_command_leave(skel_comm **comm, skel_status status)
{
    if (status != SKEL_OK && skel_error_message()[0] != '\0') {
        say(status);
        skel_error_clear();
    }
    if (*comm != NULL) {
        (void)fflush(stdout);
        skel_comm_barrier(*comm);
        skel_comm_destroy(comm);
        skel_comm_stop();
    }
    skel_watchdog_stop();
    return status;
}
