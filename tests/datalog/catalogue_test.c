// SPDX-License-Identifier: GPL-3.0-or-later
/* catalogue - a relation by its name. */
#include "datalog/catalogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "herd.h"

static void finds_a_relation_by_its_name(void **state UNUSED)
{
    assert_ptr_equal(catalogue_find(herd_settings.catalogue, "ram"), &herd_ram);
    assert_ptr_equal(catalogue_find(&herd, "host"), &herd_host);
    assert_ptr_equal(catalogue_find(&herd, "reading"), &herd_reading);
}

static void finds_none_that_is_not_there(void **state UNUSED)
{
    assert_null(catalogue_find(&herd, "Ram"));
    assert_null(catalogue_find(&herd, ""));
    assert_null(catalogue_find(NULL, "ram"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_a_relation_by_its_name),
        cmocka_unit_test(finds_none_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
