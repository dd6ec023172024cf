/* A slow disk, emulated: every flush of the write-ahead log takes a millisecond longer.
   Preloaded into PostgreSQL by benchmarks/server.py; data files are left alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int fdatasync(int fd)
{
    static int (*real)(int);
    char link[64], path[4096];
    if (!real)
        real = (int (*)(int)) dlsym(RTLD_NEXT, "fdatasync");
    int result = real(fd);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length > 0) {
        path[length] = '\0';
        if (strstr(path, "/pg_wal/")) {
            struct timespec millisecond = {0, 1000000};
            nanosleep(&millisecond, NULL);
        }
    }
    return result;
}
