// SPDX-License-Identifier: GPL-3.0-or-later
/* scratch - the files in which SQLite sorts and keeps what it needs a second time: they
 * have no name, and PRAGMA max_page_count knows nothing of them. So each connection
 * that wants a limit opens them through a VFS of its own, which counts their bytes; all
 * other files are the usual VFS's.
 *
 *     a file of ours: struct scratch_file, and behind it the usual VFS's own */
#include "store/internal.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

#define TEMPORARY                                                                      \
    (SQLITE_OPEN_TEMP_DB | SQLITE_OPEN_TRANSIENT_DB | SQLITE_OPEN_TEMP_JOURNAL |       \
     SQLITE_OPEN_SUBJOURNAL)

struct scratch {
    sqlite3_vfs vfs; /* first: SQLite gives it back to us */
    sqlite3_vfs *usual;
    char name[40];
    int64_t size, limit; /* bytes, of all files; limit 0: none */
};

struct scratch_file {
    sqlite3_file file; /* first, likewise */
    struct scratch *scratch;
    int64_t size;
};

static struct scratch_file *own(sqlite3_file *file)
{
    return (struct scratch_file *)file;
}

static sqlite3_file *behind(sqlite3_file *file)
{
    return (sqlite3_file *)(own(file) + 1);
}

static void resize(struct scratch_file *file, int64_t size)
{
    file->scratch->size += size - file->size;
    file->size = size;
}

static int close_file(sqlite3_file *file)
{
    resize(own(file), 0);
    return behind(file)->pMethods->xClose(behind(file));
}

static int read_file(sqlite3_file *file, void *to, int size, sqlite3_int64 offset)
{
    return behind(file)->pMethods->xRead(behind(file), to, size, offset);
}

static int write_file(sqlite3_file *file, const void *from, int size,
                      sqlite3_int64 offset)
{
    struct scratch *scratch = own(file)->scratch;
    int64_t more = offset + size - own(file)->size;
    if (more > 0 && scratch->limit > 0 && scratch->size + more > scratch->limit)
        return SQLITE_FULL;
    if (more > 0)
        resize(own(file), offset + size);
    return behind(file)->pMethods->xWrite(behind(file), from, size, offset);
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size)
{
    if (size < own(file)->size)
        resize(own(file), size);
    return behind(file)->pMethods->xTruncate(behind(file), size);
}

static int sync_file(sqlite3_file *file, int flags)
{
    return behind(file)->pMethods->xSync(behind(file), flags);
}

static int find_size(sqlite3_file *file, sqlite3_int64 *ret)
{
    return behind(file)->pMethods->xFileSize(behind(file), ret);
}

/* Nobody else has it. */
static int lock_file(sqlite3_file *file UNUSED, int lock UNUSED)
{
    return SQLITE_OK;
}

static int check_lock(sqlite3_file *file UNUSED, int *ret)
{
    *ret = 0;
    return SQLITE_OK;
}

static int control(sqlite3_file *file, int what, void *with)
{
    return behind(file)->pMethods->xFileControl(behind(file), what, with);
}

static int sector_size(sqlite3_file *file)
{
    return behind(file)->pMethods->xSectorSize(behind(file));
}

static int characteristics(sqlite3_file *file)
{
    return behind(file)->pMethods->xDeviceCharacteristics(behind(file));
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = find_size,
    .xLock = lock_file,
    .xUnlock = lock_file,
    .xCheckReservedLock = check_lock,
    .xFileControl = control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
};

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                     int *ret_flags)
{
    struct scratch *scratch = (struct scratch *)vfs;
    sqlite3_vfs *usual = scratch->usual;
    if (name || (flags & TEMPORARY) == 0)
        return usual->xOpen(usual, name, file, flags, ret_flags);
    *own(file) = (struct scratch_file){.scratch = scratch};
    int rc = usual->xOpen(usual, name, behind(file), flags, ret_flags);
    if (rc == SQLITE_OK)
        file->pMethods = &methods;
    return rc;
}

struct scratch *scratch_new(void)
{
    struct scratch *scratch = memory_new(sizeof *scratch);
    scratch->usual = sqlite3_vfs_find(NULL);
    snprintf(scratch->name, sizeof scratch->name, "scratch-%p", (void *)scratch);
    scratch->vfs = *scratch->usual;
    scratch->vfs.pNext = NULL;
    scratch->vfs.zName = scratch->name;
    scratch->vfs.szOsFile += (int)sizeof(struct scratch_file);
    scratch->vfs.xOpen = open_file;
    sqlite3_vfs_register(&scratch->vfs, 0);
    return scratch;
}

void scratch_free(struct scratch *scratch)
{
    if (!scratch)
        return;
    sqlite3_vfs_unregister(&scratch->vfs);
    free(scratch);
}

const char *scratch_name(const struct scratch *scratch)
{
    return scratch->name;
}

void scratch_limit(struct scratch *scratch, int64_t bytes)
{
    scratch->limit = bytes;
}
