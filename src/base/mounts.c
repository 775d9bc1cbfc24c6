// SPDX-License-Identifier: GPL-3.0-or-later
/* mounts - lines such as
 * 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
 * where any number of words stands before the lone "-". */
#include "base/mounts.h"

#include <errno.h>
#include <string.h>

#include "base/files.h"
#include "base/memory.h"
#include "base/strbuf.h"

#define FILE_MAX (16 << 20) /* bytes: hosts of containers have thousands */

static void mount_clear(struct mount *mount)
{
    free(mount->place);
    free(mount->type);
    free(mount->source);
    free(mount->device);
    free(mount->root);
    free(mount->options);
    free(mount->own_options);
}

void mounts_clear(struct mounts *mounts)
{
    for (size_t i = 0; i < mounts->count; i++)
        mount_clear(&mounts->items[i]);
    free(mounts->items);
    *mounts = (struct mounts){0};
}

static bool is_octal(const char *text)
{
    return text[0] >= '0' && text[0] <= '3' && text[1] >= '0' && text[1] <= '7' &&
           text[2] >= '0' && text[2] <= '7';
}

void mount_unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from; to++) {
        if (*from == '\\' && is_octal(from + 1)) {
            *to = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0'));
            from += 4;
        } else {
            *to = *from++;
        }
    }
    *to = '\0';
}

static char *copy_word(const char *word)
{
    char *copy = text_copy(word);
    mount_unescape(copy);
    return copy;
}

/* The words of a line, in place: their count, at most max. */
static size_t split(char *line, char **words, size_t max)
{
    size_t count = 0;
    for (char *word = strsep(&line, " "); word && count < max;
         word = strsep(&line, " "))
        words[count++] = word;
    return count;
}

/* false: it is no such line. */
static bool parse_line(char *line, struct mount *ret)
{
    char *words[32];
    size_t count = split(line, words, sizeof words / sizeof *words);
    size_t dash = 6;
    while (dash < count && strcmp(words[dash], "-") != 0)
        dash++;
    if (dash + 3 >= count)
        return false;
    *ret = (struct mount){.device = copy_word(words[2]),
                          .root = copy_word(words[3]),
                          .place = copy_word(words[4]),
                          .options = copy_word(words[5]),
                          .type = copy_word(words[dash + 1]),
                          .source = copy_word(words[dash + 2]),
                          .own_options = copy_word(words[dash + 3])};
    return true;
}

int mounts_read(const char *root, struct mounts *ret, struct error *err)
{
    AUTO(str) char *path = text_format("%s/proc/self/mountinfo", root);
    AUTO(strbuf) struct strbuf text = {0};
    AUTO(mounts) struct mounts mounts = {0};
    int rc = files_read(path, FILE_MAX, &text, err);
    if (rc < 0)
        return rc;
    char *at = text.data;
    for (char *line = strsep(&at, "\n"); line && *line; line = strsep(&at, "\n")) {
        mounts.items =
            memory_resize(mounts.items, (mounts.count + 1) * sizeof *mounts.items);
        if (!parse_line(line, &mounts.items[mounts.count]))
            return error_set(err, -EINVAL, "%s: line %zu is none of a mount", path,
                             mounts.count + 1);
        mounts.count++;
    }
    *ret = mounts;
    mounts = (struct mounts){0};
    return 0;
}

static bool is_among(const char *word, const char *const *words)
{
    while (*words && strcmp(*words, word) != 0)
        words++;
    return *words != NULL;
}

enum mount_kind mount_kind(const struct mount *mount)
{
    static const char *const storage[] = {
        "apfs",  "bcachefs", "btrfs", "exfat",   "ext2",    "ext3",     "ext4",
        "f2fs",  "fuseblk",  "hfs",   "hfsplus", "jffs2",   "jfs",      "minix",
        "msdos", "nilfs2",   "ntfs",  "ntfs3",   "reiser4", "reiserfs", "ubifs",
        "ufs",   "vfat",     "xfs",   "yaffs2",  "zfs",     NULL,
    };
    static const char *const network[] = {
        "9p",          "acfs",      "afs",        "beegfs",
        "ceph",        "cifs",      "fuse.ceph",  "fuse.glusterfs",
        "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "glusterfs",
        "gfs2",        "gpfs",      "lustre",     "ncpfs",
        "nfs",         "nfs4",      "ocfs2",      "orangefs",
        "smb3",        "smbfs",     "virtiofs",   NULL,
    };
    static const char *const overlay[] = {"aufs",
                                          "fuse.mergerfs",
                                          "fuse.overlayfs",
                                          "fuse-overlayfs",
                                          "overlay",
                                          "unionfs",
                                          NULL};
    if (is_among(mount->type, storage))
        return MOUNT_STORAGE;
    if (is_among(mount->type, network))
        return MOUNT_NETWORK;
    return is_among(mount->type, overlay) ? MOUNT_OVERLAY : MOUNT_OTHER;
}

bool mount_has_option(const char *options, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = options; (at = strstr(at, word)) != NULL; at += length)
        if ((at == options || at[-1] == ',') && (at[length] == ',' || !at[length]))
            return true;
    return false;
}

bool mounts_has_better(const struct mounts *mounts, const struct mount *mount)
{
    bool is_whole = strcmp(mount->root, "/") == 0;
    for (const struct mount *other = mounts->items;
         other < mounts->items + mounts->count; other++) {
        bool is_earlier = other < mount;
        if (other == mount)
            continue;
        if (strcmp(other->place, mount->place) == 0) {
            if (!is_earlier)
                return true;
        } else if (strcmp(other->device, mount->device) == 0) {
            bool is_other_whole = strcmp(other->root, "/") == 0;
            if (is_other_whole != is_whole ? is_other_whole : is_earlier)
                return true;
        }
    }
    return false;
}
