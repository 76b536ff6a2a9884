/* SPDX-License-Identifier: ISC
 *
 * Fields of a web configuration that may be blank.
 */
#include "io/web_settings_private.h"

int
web_settings_text(const struct spec *spec, const struct yaml_node *node,
    const char *field, const char **out)
{
	const struct yaml_node *value = yaml_find(node, field);

	*out = NULL;
	if (value == NULL || yaml_is_null(value))
		return 0;
	if (value->type != YAML_SCALAR)
		return spec_fail(spec, value, "'%s' must be text", field);
	if (value->text[0] != '\0')
		*out = value->text;
	return 0;
}
