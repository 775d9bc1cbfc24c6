// SPDX-License-Identifier: GPL-3.0-or-later
/* sheepdog-ask - runs those commands of `sheepdog` that ask in Datalog. Nobody needs to
 * call it by hand: `sheepdog ask …` becomes `sheepdog-ask ask …`. */
#include "ask/ask.h"
#include "look/look.h"

int main(int argc, char **argv)
{
    return look_main("sheepdog-ask", asks, argc, argv);
}
