// Preloaded into a program under test: its civil time is what a file says, every other clock is left alone.
//
// The file named by WALL_CLOCK_FILE holds one 64-bit word in the byte order of the machine. With the lowest
// bit clear it is the nanoseconds to add to the real time, with the bit set the time itself: the clock
// stands. One word is written and read as a whole, so a jump is seen by all threads or by none.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { second = 1000000000 };

static const volatile int64_t *word;

__attribute__((constructor)) static void open_clock(void) {
    const char *path = getenv("WALL_CLOCK_FILE");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *found = mmap(NULL, sizeof *word, PROT_READ, MAP_SHARED, file, 0);
    if (found != MAP_FAILED) word = found;
    close(file);
}

static struct timespec of(int64_t nanoseconds) {
    struct timespec time = {nanoseconds / second, nanoseconds % second};
    if (time.tv_nsec < 0) {
        time.tv_nsec += second;
        time.tv_sec -= 1;
    }
    return time;
}

static int real(clockid_t clock, struct timespec *time) {
    static int (*next)(clockid_t, struct timespec *);
    if (!next) next = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    return next ? next(clock, time) : (int)syscall(SYS_clock_gettime, clock, time);
}

static int is_civil(clockid_t clock) {
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int outcome = real(clock, time);
    if (outcome || !word || !is_civil(clock)) return outcome;
    int64_t said = *word, nanoseconds = said & ~INT64_C(1);
    if (!(said & 1)) nanoseconds += (int64_t)time->tv_sec * second + time->tv_nsec;
    *time = of(nanoseconds);
    return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    (void)zone;
    struct timespec now;
    int outcome = clock_gettime(CLOCK_REALTIME, &now);
    *time = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return outcome;
}

time_t time(time_t *told) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (told) *told = now.tv_sec;
    return now.tv_sec;
}

int timespec_get(struct timespec *time, int base) {
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, time) == 0 ? base : 0;
}

// Waits that end at a civil time last as long as they would have, whatever jumps meanwhile.

static struct timespec really(const struct timespec *until) {
    struct timespec faked, now;
    clock_gettime(CLOCK_REALTIME, &faked);
    real(CLOCK_REALTIME, &now);
    return of((int64_t)(until->tv_sec - faked.tv_sec + now.tv_sec) * second
              + until->tv_nsec - faked.tv_nsec + now.tv_nsec);
}

#define WAIT(name, first_type)                                                     \
    int name(first_type *first, const struct timespec *until) {                    \
        static int (*next)(first_type *, const struct timespec *);                 \
        if (!next) next = (int (*)(first_type *, const struct timespec *))         \
            dlsym(RTLD_NEXT, #name);                                               \
        struct timespec end = word ? really(until) : *until;                       \
        return next(first, &end);                                                  \
    }

WAIT(pthread_mutex_timedlock, pthread_mutex_t)
WAIT(sem_timedwait, sem_t)

int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until) {
    static int (*next)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    if (!next)
        next = (int (*)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *))
            dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    if (!next)
        next = (int (*)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *))
            dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    struct timespec end = word ? really(until) : *until;
    return next(condition, mutex, &end);
}
