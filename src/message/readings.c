// SPDX-License-Identifier: GPL-3.0-or-later
/* readings - what a beat, and a reading, holds beyond the fields of every message. */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "message/fields.h"

#define READINGS_MAX 10000

static int read_every(const json_t *value, struct message *message, struct error *err)
{
    return fields_duration("every", value, &message->every, err);
}

/* Printable ASCII without blanks. */
static bool is_reading_name(const char *name, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (name[i] <= ' ' || name[i] >= 0x7F)
            return false;
    return size > 0 && size <= MESSAGE_NAME_MAX;
}

static int read_readings(const json_t *value, struct message *message,
                         struct error *err)
{
    const char *name;
    json_t *reading;
    if (json_is_null(value))
        return 0;
    if (!json_is_object(value) || json_object_size(value) > READINGS_MAX)
        return fields_fail("readings", value,
                           "an object of at most 10000 names and numbers", err);
    json_object_foreach((json_t *)value, name, reading)
    {
        if (!is_reading_name(name, strlen(name)))
            return error_set(err, -EINVAL,
                             "field \"readings\": found the name \"%.80s\", expected 1 "
                             "to 255 printable characters of ASCII without blanks",
                             name);
        if (!json_is_number(reading) || !isfinite(json_number_value(reading)))
            return fields_fail("readings", reading, "a number", err);
        message_add_reading(message, name, json_number_value(reading), NULL);
    }
    return 0;
}

static bool is_unit(const json_t *value)
{
    const char *text = json_string_value(value);
    if (!text || strlen(text) != json_string_length(value) ||
        strlen(text) > MESSAGE_NAME_MAX)
        return false;
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7F)
            return false;
    return true;
}

/* Those of names that are not among the readings say nothing. */
static int read_units(const json_t *value, struct message *message, struct error *err)
{
    const char *name;
    json_t *unit;
    if (json_is_null(value))
        return 0;
    if (!json_is_object(value))
        return fields_fail("units", value, "an object of names and units", err);
    json_object_foreach((json_t *)value, name, unit)
    {
        if (!is_unit(unit))
            return fields_fail("units", unit, "at most 255 bytes on one line", err);
    }
    for (size_t i = 0; i < message->reading_count; i++) {
        struct message_reading *reading = &message->readings[i];
        reading->unit =
            text_copy(json_string_value(json_object_get(value, reading->name)));
    }
    return 0;
}

/* How far the host's facts go. */
static int read_mark(const json_t *value, struct message *message, struct error *err)
{
    if (json_is_null(value))
        return 0;
    json_int_t epoch = json_integer_value(json_array_get(value, 0));
    json_int_t counter = json_integer_value(json_array_get(value, 1));
    if (!json_is_array(value) || json_array_size(value) != 2 || epoch < 1 ||
        counter < 1)
        return fields_fail("facts", value, "[EPOCH, COUNTER], each from 1 on, or null",
                           err);
    message->facts_epoch = epoch;
    message->facts_counter = counter;
    return 0;
}

int readings_read(const json_t *object, struct message *message, struct error *err)
{
    static const struct {
        const char *name;
        int (*read)(const json_t *value, struct message *message, struct error *err);
    } fields[] = {{"every", read_every},
                  {"readings", read_readings},
                  {"units", read_units},
                  {"facts", read_mark}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const json_t *value = json_object_get(object, fields[i].name);
        int rc = value ? fields[i].read(value, message, err) : 0;
        if (rc < 0)
            return rc;
    }
    return 0;
}
