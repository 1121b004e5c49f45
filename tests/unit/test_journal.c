/* Journals, written and read: whole lines, cut lines, a long file. */
#include "scratch.h"
#include "suite.h"

#include "skel/journal.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/process.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char run[256];
static char path[256];

static void name_files(void)
{
    skel_scratch_make();
    (void)snprintf(run, sizeof run, "%s/new/folder/a.h5", skel_scratch_folder());
    skel_journal_path(run, sizeof path, path);
}

static skel_journal *open_journal(void)
{
    skel_journal *journal = NULL;

    skel_journal_open(run, &journal);
    ck_assert_ptr_nonnull(journal);
    return journal;
}

/* Appends an event with one number. */
static void append(skel_journal *journal, const char *event, const char *name, double number)
{
    skel_json *line = NULL;

    ck_assert(skel_journal_begin(journal, event, &line));
    if (strcmp(event, "start") == 0) {
        skel_json_add_text(line, "schema_name", SKEL_JOURNAL_SCHEMA);
    }
    if (strcmp(name, "epoch") == 0) {
        skel_json_add_count(line, "iteration", 1);
    }
    skel_json_add_number(line, name, number);
    skel_journal_append(journal, &line);
    ck_assert_ptr_null(line);
}

static void append_bytes(const char *bytes)
{
    FILE *file = fopen(path, "a");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(bytes, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(what_is_written_is_read)
{
    skel_journal_story story;
    skel_journal *journal = NULL;

    name_files();
    ck_assert_ptr_nonnull(strstr(path, "/new/folder/a.log.jsonl"));
    journal = open_journal();
    append(journal, "start", "seed", 3);
    append(journal, "epoch", "epoch", 1);
    append(journal, "checkpoint", "epoch", 1);
    append(journal, "epoch", "epoch", 2);
    append(journal, "warning", "x", 5);
    skel_journal_close(&journal);
    ck_assert_ok(skel_journal_read(path, &story));
    ck_assert(skel_json_number(story.start, "seed") == 3);
    ck_assert_str_eq(skel_json_text(story.latest, "event"), "warning");
    ck_assert(skel_json_number(story.position, "epoch") == 2);
    ck_assert(skel_json_number(story.checkpoint, "epoch") == 1);
    ck_assert(fabs(skel_journal_time(story.latest) - skel_journal_now()) < 3600);
    ck_assert(!story.damaged);
    skel_journal_forget(&story);
    skel_scratch_remove();
}
END_TEST

START_TEST(the_latest_start_counts_and_so_do_lines_after_it)
{
    skel_journal_story story;
    skel_journal *journal = NULL;

    name_files();
    for (int start = 1; start <= 3; start++) {
        journal = open_journal();
        append(journal, "start", "seed", start);
        if (start < 3) {
            append(journal, "epoch", "epoch", 10 * start);
            append(journal, "checkpoint", "epoch", 10 * start);
        }
        skel_journal_close(&journal);
    }
    ck_assert_ok(skel_journal_read(path, &story));
    ck_assert(skel_json_number(story.start, "seed") == 3);
    ck_assert_str_eq(skel_json_text(story.latest, "event"), "start");
    ck_assert_ptr_null(story.position);
    ck_assert_ptr_null(story.checkpoint);
    skel_journal_forget(&story);
    skel_scratch_remove();
}
END_TEST

START_TEST(warnings_of_all_starts_are_read_each_once)
{
    static const char *const said[] = {"layer collapse", "the mask never moves", "layer collapse"};
    skel_texts warnings = {0};
    skel_journal *journal = NULL;
    skel_json *line = NULL;

    name_files();
    journal = open_journal();
    for (size_t i = 0; i < 3; i++) {
        append(journal, "start", "seed", 3);
        ck_assert(skel_journal_begin(journal, "warning", &line));
        skel_json_add_text(line, "message", said[i]);
        skel_journal_append(journal, &line);
        append(journal, "epoch", "epoch", 1);
    }
    skel_journal_close(&journal);
    append_bytes("{\"event\":\"warning\",\"message\":\"cu\n{\"event\":\"warning\"");
    ck_assert_ok(skel_journal_warnings(path, &warnings));
    ck_assert_uint_eq(warnings.count, 2);
    ck_assert_str_eq(warnings.text[0], said[0]);
    ck_assert_str_eq(warnings.text[1], said[1]);
    skel_texts_clear(&warnings);
    ck_assert_int_eq(skel_journal_warnings("/no/such/journal", &warnings), SKEL_ERR_IO);
    skel_scratch_remove();
}
END_TEST

START_TEST(a_cut_line_is_passed_over_and_the_next_one_begins_anew)
{
    skel_journal_story story;
    skel_journal *journal = NULL;

    name_files();
    journal = open_journal();
    append(journal, "start", "seed", 1);
    append(journal, "epoch", "epoch", 1);
    skel_journal_close(&journal);
    append_bytes("{\"time\":\"2026-11-25T22:3");
    ck_assert_ok(skel_journal_read(path, &story));
    ck_assert(skel_json_number(story.latest, "epoch") == 1);
    skel_journal_forget(&story);

    journal = open_journal();
    append(journal, "start", "seed", 2);
    append(journal, "epoch", "epoch", 7);
    skel_journal_close(&journal);
    ck_assert_ok(skel_journal_read(path, &story));
    ck_assert(skel_json_number(story.start, "seed") == 2);
    ck_assert(skel_json_number(story.latest, "epoch") == 7);
    skel_journal_forget(&story);
    skel_scratch_remove();
}
END_TEST

START_TEST(damaged_lines_are_passed_over)
{
    static const char *const damage[] = {
        "", "no json", "[1,2]", "{\"event\":7}", "{}", "{\"event\":\"start\"}", "\x01\xff{{{{"};
    skel_journal_story story;
    skel_journal *journal = NULL;

    name_files();
    journal = open_journal();
    append(journal, "start", "seed", 1);
    append(journal, "epoch", "epoch", 4);
    skel_journal_close(&journal);
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        append_bytes(damage[i]);
        append_bytes("\n");
    }
    ck_assert_ok(skel_journal_read(path, &story));
    ck_assert(skel_json_number(story.start, "seed") == 1);
    ck_assert(story.damaged);
    skel_journal_forget(&story);
    skel_scratch_remove();
}
END_TEST

START_TEST(lines_that_somebody_has_removed_do_not_hide_the_start)
{
    skel_journal_story story;
    skel_journal *journal = NULL;
    char line[1024];
    FILE *file = NULL;

    name_files();
    journal = open_journal();
    append(journal, "start", "seed", 1);
    skel_journal_close(&journal);
    journal = open_journal();
    append(journal, "start", "seed", 2);
    append(journal, "epoch", "epoch", 4);
    skel_journal_close(&journal);
    file = fopen(path, "r"); /* without its first line, all places are wrong */
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
    ck_assert_int_eq(unlink(path), 0);
    while (fgets(line, sizeof line, file) != NULL) {
        append_bytes(line);
    }
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_ok(skel_journal_read(path, &story));
    ck_assert(skel_json_number(story.start, "seed") == 2);
    skel_journal_forget(&story);
    skel_scratch_remove();
}
END_TEST

START_TEST(of_a_long_journal_the_start_and_the_last_lines_are_found)
{
    skel_journal_story story;
    skel_journal *journal = NULL;
    skel_json *line = NULL;
    char *words = NULL;

    name_files();
    journal = open_journal();
    append(journal, "start", "seed", 1);
    append(journal, "start", "seed", 2);
    for (int epoch = 1; epoch <= 2000; epoch++) {
        append(journal, "epoch", "epoch", epoch);
    }
    ck_assert_ok(SKEL_ALLOC(100001, 1, &words)); /* one line that is longer than the usual tail */
    memset(words, 'x', 100000);
    ck_assert(skel_journal_begin(journal, "warning", &line));
    skel_json_add_text(line, "message", words);
    skel_journal_append(journal, &line);
    skel_journal_close(&journal);
    ck_assert_ok(skel_journal_read(path, &story));
    ck_assert(skel_json_number(story.start, "seed") == 2);
    ck_assert_uint_eq(strlen(skel_json_text(story.latest, "message")), 100000);
    skel_journal_forget(&story);
    SKEL_FREE(&words);
    skel_scratch_remove();
}
END_TEST

START_TEST(what_is_no_journal_is_refused)
{
    static const char *const texts[] = {
        "", "\n\n", "hello\n", "{\"event\":\"start\"}\n",
        "{\"level\":\"info\",\"message\":\"of another program\"}\n"};
    skel_journal_story story;
    skel_journal *journal = NULL;

    name_files();
    ck_assert_int_eq(skel_journal_read(path, &story), SKEL_ERR_IO);
    skel_journal_forget(&story);
    journal = open_journal();
    skel_journal_close(&journal);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ck_assert_int_eq(truncate(path, 0), 0);
        append_bytes(texts[i]);
        ck_assert_int_eq(skel_journal_read(path, &story), SKEL_ERR_DATA);
        ck_assert_ptr_nonnull(strstr(skel_error_message(), "no journal"));
        skel_journal_forget(&story);
    }
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkdir(path, 0777), 0);
    ck_assert_int_eq(skel_journal_read(path, &story), SKEL_ERR_IO);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "is a folder, not a file"));
    skel_journal_forget(&story);
    skel_journal_open(run, &journal); /* a folder in its place: a warning, no failure */
    ck_assert_ptr_null(journal);
    skel_scratch_remove();
}
END_TEST

static int warnings;

static void count_warning(void *context, const char *warning)
{
    (void)context;
    warnings += strstr(warning, "cannot write") != NULL;
}

START_TEST(a_full_disk_is_one_warning_and_later_lines_are_whole)
{
    struct rlimit limit;
    struct rlimit small;
    skel_journal_story story;
    skel_journal *journal = NULL;

    name_files();
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    (void)signal(SIGXFSZ, SIG_IGN);
    skel_log_listen(count_warning, NULL);
    journal = open_journal();
    append(journal, "start", "seed", 1);
    small = (struct rlimit){.rlim_cur = 150, .rlim_max = limit.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    for (int epoch = 1; epoch <= 5; epoch++) {
        append(journal, "epoch", "epoch", epoch);
    }
    ck_assert_int_eq(warnings, 1);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0); /* there is space again */
    append(journal, "epoch", "epoch", 6);
    skel_journal_close(&journal);
    skel_log_listen(NULL, NULL);
    ck_assert_ok(skel_journal_read(path, &story));
    ck_assert(skel_json_number(story.start, "seed") == 1);
    ck_assert(skel_json_number(story.latest, "epoch") == 6);
    skel_journal_forget(&story);
    skel_scratch_remove();
}
END_TEST

START_TEST(times_are_those_of_utc)
{
    static const struct {
        double seconds;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00.000Z"}, /* values of `date -u -d @SECONDS` */
        {1000000000.5, "2001-09-09T01:46:40.500Z"},
        {1582934400.25, "2020-02-29T00:00:00.250Z"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[SKEL_JOURNAL_TIME];
        char line[96];
        skel_json *json = NULL;

        skel_journal_time_text(rows[i].seconds, text);
        ck_assert_str_eq(text, rows[i].text);
        (void)snprintf(line, sizeof line, "{\"time\":\"%s\"}", text);
        ck_assert_ok(skel_json_parse("t", strlen(line), line, &json));
        ck_assert(skel_journal_time(json) == rows[i].seconds);
        skel_json_destroy(&json);
    }
}
END_TEST

START_TEST(a_process_is_told_from_a_later_one_with_its_number)
{
    skel_process self = skel_process_self();
    char mark[SKEL_PROCESS_MARK + 2];

    ck_assert_uint_eq(self.pid, (uint64_t)getpid());
    ck_assert(self.mark[0] != '\0');
    ck_assert_int_eq(skel_process_find(self.pid, self.mark), SKEL_PROCESS_EXISTS);
    (void)snprintf(mark, sizeof mark, "%s1", self.mark); /* began at another time */
    ck_assert_int_eq(skel_process_find(self.pid, mark), SKEL_PROCESS_GONE);
    (void)snprintf(mark, sizeof mark, "x%s", self.mark); /* another machine, or before a reboot */
    ck_assert_int_eq(skel_process_find(self.pid, mark), SKEL_PROCESS_ELSEWHERE);
    ck_assert_int_eq(skel_process_find(self.pid, ""), SKEL_PROCESS_ELSEWHERE);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, what_is_written_is_read);
    tcase_add_test(tcase, the_latest_start_counts_and_so_do_lines_after_it);
    tcase_add_test(tcase, warnings_of_all_starts_are_read_each_once);
    tcase_add_test(tcase, a_cut_line_is_passed_over_and_the_next_one_begins_anew);
    tcase_add_test(tcase, damaged_lines_are_passed_over);
    tcase_add_test(tcase, lines_that_somebody_has_removed_do_not_hide_the_start);
    tcase_add_test(tcase, of_a_long_journal_the_start_and_the_last_lines_are_found);
    tcase_add_test(tcase, what_is_no_journal_is_refused);
    tcase_add_test(tcase, a_full_disk_is_one_warning_and_later_lines_are_whole);
    tcase_add_test(tcase, times_are_those_of_utc);
    tcase_add_test(tcase, a_process_is_told_from_a_later_one_with_its_number);
}

int main(void)
{
    return skel_suite_run("journal", fill);
}
