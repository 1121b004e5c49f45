"""Every #include of a .c file is used: the file has a name that this header declares.

A header of ours declares what stands in it. If it uses nothing of another header that it includes,
that one is there for whoever includes the first one, and its names count, too. Of a system's header
the table below has the names. A header that is not in the table is not looked at.
"""
import os
import re

import lint

SYSTEM = {
    "assert.h": r"assert|static_assert",
    "ctype.h": r"is(alnum|alpha|blank|cntrl|digit|graph|lower|print|punct|space|upper|xdigit)|to(lower|upper)",
    "dirent.h": r"DIR|dirent|(open|fdopen|read|close|rewind)dir|scandir|DT_\w+",
    "dlfcn.h": r"dl(open|sym|close|error|addr)|Dl_info|RTLD_\w+",
    "errno.h": r"errno|program_invocation_\w+|E[A-Z0-9]{2,}",
    "fcntl.h": r"open|openat|creat|fcntl|f?allocate|posix_fa\w+|sync_file_range|[OFSA]_?[A-Z]\w*|AT_\w+|FALLOC_\w+"
               r"|fallocate|SYNC_FILE_RANGE_\w+|POSIX_FADV_\w+|FD_CLOEXEC|flock",
    "float.h": r"(FLT|DBL|LDBL)_\w+|DECIMAL_DIG",
    "ftw.h": r"n?ftw|FTW\w*",
    "fts.h": r"fts_\w+|FTS\w*",
    "inttypes.h": r"(PRI|SCN)[diouxX]\w+|strto[iu]max|imaxabs|imaxdiv",
    "limits.h": r"(S?CHAR|UCHAR|SHRT|USHRT|U?INT|U?LONG|U?LLONG|SSIZE|PATH|NAME|IOV|HOST_NAME|PIPE)_\w+|U?INT_MAX",
    "math.h": r"(a?(sin|cos|tan)h?|atan2|exp|exp2|expm1|log|log2|log10|log1p|pow|sqrt|cbrt|hypot|erfc?|[lt]gamma"
              r"|ceil|floor|l?l?round|l?l?rint|trunc|nearbyint|fabs|fmod|fmax|fmin|fma|fdim|remainder|remquo|frexp"
              r"|ldexp|modf|scalbl?n|ilogb|logb|nextafter|nexttoward|copysign|nan)[fl]?"
              r"|is(finite|inf|nan|normal|less\w*|greater\w*|unordered)|signbit|fpclassify|NAN|INFINITY|HUGE_VAL\w*"
              r"|M_\w+|FP_\w+",
    "pthread.h": r"p?thread_\w+|PTHREAD_\w+",
    "sched.h": r"sched_\w+|unshare|setns|CLONE_\w+|CPU_\w+|cpu_set_t|SCHED_\w+",
    "setjmp.h": r"(sig)?(setjmp|longjmp)|(sig)?jmp_buf",
    "signal.h": r"SIG\w+|SA_\w+|sig\w+|raise|kill|SI_\w+",
    "spawn.h": r"posix_spawn\w*|POSIX_SPAWN_\w+",
    "stdarg.h": r"va_\w+",
    "stdatomic.h": r"atomic_\w+|memory_order\w*|ATOMIC_\w+",
    "stdbool.h": r"bool|true|false",
    "stddef.h": r"size_t|ptrdiff_t|NULL|offsetof|wchar_t|max_align_t",
    "stdint.h": r"u?int(_least|_fast)?(8|16|32|64|max|ptr)_t|U?INT(_LEAST|_FAST)?(8|16|32|64|MAX|PTR)_(MAX|MIN|C)"
                r"|U?INT(8|16|32|64|MAX)_C|SIZE_MAX|PTRDIFF_\w+",
    "stdio.h": r"FILE|EOF|BUFSIZ|SEEK_\w+|stdin|stdout|stderr|v?[fsd]?n?printf|v?asprintf|v?f?s?scanf|f?open|fdopen"
               r"|freopen|fmemopen|open_memstream|f?close|fflush|[fp]?(un)?getc|getchar|[fp]?put[cs]|putchar|fgets|ungetc"
               r"|fread|fwrite|f(seek|tell)o?|rewind|f(get|set)pos|perror|remove|rename|renameat|tmpfile|clearerr|feof|ferror"
               r"|fileno|get(line|delim)|popen|pclose|set(v|line)?buf|_IO\w+",
    "stdlib.h": r"(m|c|re)alloc|reallocarray|free|aligned_alloc|posix_memalign|_?_?[eE]xit|quick_exit|at_?(quick_)?exit|abort"
                r"|get_?env|secure_getenv|setenv|unsetenv|putenv|clearenv|system|ato[ifl]+|strto(l|ul|ll|ull|d|f|ld)"
                r"|l?l?abs|l?l?div|s?rand(om)?|[dlmnej]rand48|qsort(_r)?|bsearch|realpath|mk[sd]*temps?|EXIT_\w+|RAND_MAX"
                r"|getloadavg|exit",
    "string.h": r"mem(cpy|move|set|cmp|chr|rchr|mem|pcpy|ccpy)|explicit_bzero|st[rp]n?(cpy|cat|cmp|len|dup)|str(chr|rchr|str|spn"
                r"|cspn|pbrk|tok(_r)?|coll|xfrm|error(_r)?|sep|chrnul|casestr|signal|verscmp)|basename",
    "strings.h": r"strn?casecmp|ffs\w*|bzero|bcopy|bcmp|r?index",
    "sys/file.h": r"flock|LOCK_\w+",
    "sys/ioctl.h": r"ioctl|winsize|TIOC\w+|FI\w+",
    "sys/mman.h": r"mm?(map|unmap|protect|sync|advise|lock\w*)|memfd_create|MFD_\w+|munlock\w*|shm_\w+|PROT_\w+|MAP_\w+|MADV_\w+|MS_\w+|madvise",
    "sys/resource.h": r"[gs]etrlimit|prlimit|getrusage|[gs]etpriority|rlimit|rusage|rlim_t|RLIM\w+|RUSAGE_\w+|PRIO_\w+",
    "sys/stat.h": r"[fl]?stat|fstatat|f?chmod|umask|mkdir(at)?|mkfifo|mknod|futimens|utimensat|S_I\w+|UTIME_\w+",
    "sys/statvfs.h": r"f?statvfs|ST_\w+",
    "sys/vfs.h": r"f?statfs",
    "sys/types.h": r"s?size_t|off_t|[pugi]id_t|mode_t|dev_t|ino_t|time_t|nlink_t|blk\w+_t",
    "sys/wait.h": r"wait(pid|id)?|W[A-Z]+",
    "sys/xattr.h": r"[fl]?(get|set|list|remove)xattr|XATTR_\w+",
    "time.h": r"time|time_t|tm|timespec|clock\w*|CLOCK\w*|(gm|local)time(_r)?|mktime|timegm|strf?time|strptime|difftime"
              r"|nanosleep|asctime\w*|ctime\w*|timer_\w+|itimerspec",
    "unistd.h": r"access|faccessat|alarm|chdir|fchdir|f?chown|close|confstr|_exit|dup[23]?|environ|exec\w+|fork|vfork|f?pathconf|fsync"
                r"|fdatasync|f?truncate|get(cwd|pid|ppid|uid|euid|gid|egid|hostname|opt|page\w*|login\w*|pgid|sid)|isatty|link|lseek"
                r"|nice|optarg|optind|opterr|pause|pipe2?|p?read|p?write|readlink(at)?|rmdir|set\w+id|u?sleep|symlink|sync|syncfs"
                r"|sysconf|syscall|tcgetpgrp|ttyname\w*|unlink(at)?|gettid|sethostname|[FRWX]_OK|STD(IN|OUT|ERR)_FILENO|_SC_\w+|_PC_\w+"
                r"|_CS_\w+|SEEK_\w+|ssize_t|swab|daemon|copy_file_range|brk|sbrk",
}
SYSTEM = {name: re.compile(pattern) for name, pattern in SYSTEM.items()}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"].*', re.M)
WORD = re.compile(r"[A-Za-z_]\w*")
KEYWORDS = set("if for while switch return sizeof defined static const void int char float double bool".split())

DECLARED = [
    re.compile(r"#[ \t]*define[ \t]+(\w+)"),
    re.compile(r"\b(?:struct|union|enum)\s+(\w+)"),
    re.compile(r"\b(\w+)\s*\("),                        # a function
    re.compile(r"\(\s*\*\s*(?:const\s+)?(\w+)"),        # a pointer to a function
    re.compile(r"\b(\w+)\s*(?:\[[^\]]*\]\s*)*(?:=|;|:\s*\d)"),  # a type, a variable, a member
    re.compile(r"[{,]\s*(\w+)\s*(?=[,}=])"),            # a constant of an enum
    re.compile(r"\b(\w+)\s*(?:\[[^\]]*\])?\s*,\s*\*?\w+[^(){}]*;"),
]


def without_includes(text):
    """A file's code without comments, strings and #include lines."""
    return lint.blank(INCLUDE.sub("", text))


def parameters_blanked(code):
    """Code whose innermost parentheses are empty: the names of parameters are not declared."""
    return re.sub(r"\(([^()*]|\*(?!\s*(?:const\s+)?\w+\s*\)))*\)", "()", code)


def declared(text):
    """The names that a header's own text declares."""
    code = without_includes(text)
    names = set(re.findall(r"#[ \t]*define[ \t]+(\w+)", code))
    for pattern in DECLARED:
        names.update(pattern.findall(parameters_blanked(code)))
    return names - KEYWORDS


def is_text(text):
    """Whether a header is a piece of text that others include in many places: it has no guard."""
    return re.search(r"^[ \t]*#[ \t]*ifndef[ \t]+\w+_H\b", text, re.M) is None


def place_of(root, path, kind, name):
    """Path of an included header of ours, or None."""
    places = [os.path.join("include", name)] if name.startswith("skel/") else [
        os.path.join(os.path.dirname(path), name), os.path.join("src", name),
        os.path.join("tests", "support", name)]
    for place in places:
        if kind == '"' and os.path.exists(os.path.join(root, place)):
            return os.path.normpath(place)
    return None


def is_own(path, place):
    """Whether a header is a file's own: X.h of X.c."""
    return os.path.splitext(os.path.basename(path))[0] == os.path.splitext(os.path.basename(place))[0]


class Headers:
    """The names that each header gives to the files that include it."""

    def __init__(self, root):
        self.root = root
        self.names = {}

    def of(self, place):
        """Names of a header of ours; None if it is a piece of text, which may hold anything."""
        if place not in self.names:
            text = lint.read(self.root, place)
            self.names[place] = set()  # of one that includes itself
            names = None if is_text(text) else declared(text)
            for _, handed_on in self.unused(place) if names is not None else []:
                names |= (self.of(handed_on) or set()) if handed_on is not None else set()
            self.names[place] = names
        return self.names[place]

    def words(self, path, text):
        """Words of a file, and of the pieces of text that it includes: files with names and by macros."""
        words = set(WORD.findall(without_includes(text)))
        for name in re.findall(r'^[ \t]*#[ \t]*define[ \t]+\w+[ \t]+"(\w+\.h)"', text, re.M):
            words.update(WORD.findall(lint.read(self.root, os.path.join(os.path.dirname(path), name))))
        for kind, name in INCLUDE.findall(text):
            place = place_of(self.root, path, kind, name)
            piece = lint.read(self.root, place) if place is not None else ""
            if place is not None and is_text(piece):
                words |= self.words(place, piece)
        return words

    def unused(self, path):
        """(match, place) of each #include of a file that uses nothing of it; no place: a system's."""
        text = lint.read(self.root, path)
        code = lint.blank(text)
        words = self.words(path, text)
        beginnings = tuple(re.findall(r"(\w+_)[ \t]*##", code))  # of names that a macro puts together
        for match in INCLUDE.finditer(text):
            kind, name = match.groups()
            if code[match.start():match.end()].strip() == "":
                continue  # within a comment
            place = place_of(self.root, path, kind, name)
            if place is None:
                used = name not in SYSTEM or any(SYSTEM[name].fullmatch(word) for word in words)
            else:
                names = self.of(place)
                used = is_own(path, place) or names is None or words & names or any(
                    name.startswith(beginnings) for name in names)
            if not used:
                yield match, place


def check(root):
    headers = Headers(root)
    for path in lint.files(root, ["src", "tests"], (".c",)):
        for match, _ in headers.unused(path):
            line = lint.line_of(lint.read(root, path), match.start())
            yield path, line, f"nothing of {match.group(2)} is used"


if __name__ == "__main__":
    lint.main(check)
