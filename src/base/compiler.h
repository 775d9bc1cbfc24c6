// SPDX-License-Identifier: GPL-3.0-or-later
/* compiler - what we ask of gcc and clang, under names of ours. */
#ifndef BASE_COMPILER_H
#define BASE_COMPILER_H

/* The function takes a printf format in argument `at`, its values from `first` on. */
#define PRINTF(at, first) __attribute__((format(printf, at, first)))

/* The caller must look at the result. */
#define MUST_USE __attribute__((warn_unused_result))

/* A parameter that a signature demands and this function does not need. */
#define UNUSED __attribute__((unused))

#endif
