/* A library to preload: 4 KiB of one file cannot be read any more, as when a sector of its disk has gone bad.
 *
 *   UNREADABLE_INODE  the file; by its number, which it keeps when it is renamed
 *   UNREADABLE_AT     the offset from which on
 *
 * A read that touches them fails as a whole. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>

enum { length = 4096 };

typedef ssize_t (*reading)(int, void *, size_t, off64_t);

static int is_lost(int file, size_t count, off64_t offset)
{
    const char *inode = getenv("UNREADABLE_INODE"), *at = getenv("UNREADABLE_AT");
    struct stat64 found;
    if (inode == NULL || at == NULL || fstat64(file, &found) != 0 || found.st_ino != strtoull(inode, NULL, 10))
        return 0;
    off64_t from = strtoll(at, NULL, 10);
    return offset < from + length && offset + (off64_t)count > from;
}

ssize_t pread64(int file, void *into, size_t count, off64_t offset)
{
    static reading real;
    if (real == NULL)
        real = (reading)dlsym(RTLD_NEXT, "pread64");
    if (is_lost(file, count, offset)) {
        errno = EIO;
        return -1;
    }
    return real(file, into, count, offset);
}

ssize_t pread(int file, void *into, size_t count, off_t offset)
{
    return pread64(file, into, count, offset);
}
