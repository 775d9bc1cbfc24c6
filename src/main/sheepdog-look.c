// SPDX-License-Identifier: GPL-3.0-or-later
/* sheepdog-look - runs those commands of `sheepdog` that ask the server. Nobody needs
 * to call it by hand: `sheepdog list …` becomes `sheepdog-look list …`. */
#include "look/look.h"

int main(int argc, char **argv)
{
    return look_main("sheepdog-look", looks, argc, argv);
}
