#ifndef CARDPROOF_CPROCESS_H
#define CARDPROOF_CPROCESS_H

// What Swift's Glibc module leaves out, calls that are variadic, and what has to happen between
// fork and exec, where only async-signal-safe calls are allowed.
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/// Before SQLite's first use: it keeps no statistics of its memory, which cost a lock for each
/// allocation. Returns an SQLite result code.
static inline int cardproof_sqlite_without_memory_statistics(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/// What a child may use up; see setrlimit(2).
struct cardproof_spawn_limits {
    rlim_t address_space_bytes;
    rlim_t processor_seconds;
    rlim_t open_files;
    rlim_t processes;
};

static inline int cardproof_limit(int resource, rlim_t value) {
    struct rlimit current, wanted = {value, value};
    if (getrlimit(resource, &current) != 0) return -1;
    // An unprivileged process cannot raise its hard limit, and need not.
    if (current.rlim_max < value) wanted.rlim_cur = wanted.rlim_max = current.rlim_max;
    return setrlimit(resource, &wanted);
}

/// The child's side of a spawn; returns only when something failed, with errno set.
static inline void cardproof_become(const char *path, char *const arguments[],
                                    char *const environment[], const char *folder,
                                    const int descriptors[3], pid_t parent,
                                    const struct cardproof_spawn_limits *limits) {
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
    // A group of its own: a signal to it reaches all that the program started.
    if (setsid() < 0) return;
    // Dies with the thread that started it; that thread lives as long as the child.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return;
    if (getppid() != parent) _exit(127);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return;
    if (chdir(folder) != 0) return;
    for (int target = 0; target < 3; target++) {
        if (dup2(descriptors[target], target) < 0) return;
    }
    if (syscall(SYS_close_range, 3U, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */) != 0) return;
    // A core would hold keys.
    if (cardproof_limit(RLIMIT_CORE, 0) != 0) return;
    if (cardproof_limit(RLIMIT_AS, limits->address_space_bytes) != 0) return;
    if (cardproof_limit(RLIMIT_CPU, limits->processor_seconds) != 0) return;
    if (cardproof_limit(RLIMIT_NPROC, limits->processes) != 0) return;
    if (cardproof_limit(RLIMIT_NOFILE, limits->open_files) != 0) return;
    sigset_t none;
    sigemptyset(&none);
    if (sigprocmask(SIG_SETMASK, &none, NULL) != 0) return;
    execve(path, arguments, environment);
}

/// Whether a child has ended by itself: 0 while it runs, 1 with its status, 2 with its signal.
/// Leaves it to be waited for.
static inline int cardproof_ending(pid_t child, int *value) {
    siginfo_t found = {0};
    if (waitid(P_PID, (id_t)child, &found, WEXITED | WNOHANG | WNOWAIT) != 0) return 0;
    if (found.si_pid != child) return 0;
    *value = found.si_status;
    return found.si_code == CLD_EXITED ? 1 : 2;
}

/// pipe2(2), which Glibc's module hides without _GNU_SOURCE; closed at exec, both ends above 2.
static inline int cardproof_pipe(int ends[2]) {
    if (pipe(ends) != 0) return -1;
    // 0 to 2 are where the child's own ends go; a gateway started without them would get them here.
    for (int index = 0; index < 2; index++) {
        if (ends[index] > 2) continue;
        int above = fcntl(ends[index], F_DUPFD_CLOEXEC, 3);
        if (above < 0) {
            close(ends[0]);
            close(ends[1]);
            return -1;
        }
        close(ends[index]);
        ends[index] = above;
    }
    if (fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 && fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0)
        return 0;
    close(ends[0]);
    close(ends[1]);
    return -1;
}

/// Another descriptor of the same open file, above 2 and closed at exec.
static inline int cardproof_copy(int descriptor) { return fcntl(descriptor, F_DUPFD_CLOEXEC, 3); }

/// A descriptor that wakes a poll(2); -1 when there is none left.
static inline int cardproof_wake_descriptor(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

/// Starts a program; its descriptors become 0, 1 and 2, and must be above 2 here. Returns 0 and
/// the child's id once the program itself runs, or the errno of what failed.
static inline int cardproof_spawn(const char *path, char *const arguments[],
                                  char *const environment[], const char *folder,
                                  const int descriptors[3],
                                  const struct cardproof_spawn_limits *limits, pid_t *child) {
    int report[2];
    if (cardproof_pipe(report) != 0) return errno;
    sigset_t all, before;
    sigfillset(&all);
    // No handler of ours may run in the child.
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid();
    pid_t id = fork();
    if (id == 0) {
        cardproof_become(path, arguments, environment, folder, descriptors, parent, limits);
        int reason = errno;
        ssize_t written = write(report[1], &reason, sizeof reason);
        (void)written;
        _exit(127);
    }
    int failure = id < 0 ? errno : 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(report[1]);
    if (id > 0) {
        int reason = 0;
        ssize_t count;
        do count = read(report[0], &reason, sizeof reason);
        while (count < 0 && errno == EINTR);
        if (count == (ssize_t)sizeof reason) {
            failure = reason;
            while (waitpid(id, NULL, 0) < 0 && errno == EINTR) {}
        } else {
            *child = id;
        }
    }
    close(report[0]);
    return failure;
}

#endif
