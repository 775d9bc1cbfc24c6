# SPDX-License-Identifier: GPL-3.0-or-later
"""disk - a small one of its own (tmpfs) for what the handler writes, that can be full."""

import errno
import os
import subprocess

BLOCK = 4096


class Disk:
    def __init__(self, folder, size):
        self.folder, self.ballast = folder, f"{folder}/ballast"
        os.makedirs(folder)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700",
                        "sheepdog-lab", folder], check=True)

    def fill(self):
        """Until not a byte more fits."""
        with open(self.ballast, "ab", buffering=0) as file:
            for size in (1 << 20, BLOCK):
                self.write_all(file, bytes(size))

    @staticmethod
    def write_all(file, block):
        try:
            while file.write(block):
                pass
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise

    def free(self):
        try:
            os.remove(self.ballast)
        except FileNotFoundError:
            pass
