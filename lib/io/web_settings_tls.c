/* SPDX-License-Identifier: ISC
 *
 * The TLS part of a web configuration, and its ciphers and curves, which have names of
 * Go, as a priority string of GnuTLS.
 */
#include "base/mem.h"
#include "io/web_settings_private.h"

#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* GnuTLS has no suites but their parts: a list of suites can be kept only if it has every
 * combination of its parts. Bits: key exchange, cipher. */
struct suite {
	const char *name;
	unsigned exchange, cipher;
};

static const char *const exchanges[] = { "ECDHE-ECDSA", "ECDHE-RSA" };
static const char *const ciphers[] = { "AES-128-GCM", "AES-256-GCM", "CHACHA20-POLY1305" };
static const struct suite suites[] = {
	{ "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", 0, 0 },
	{ "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", 1, 0 },
	{ "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", 0, 1 },
	{ "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", 1, 1 },
	{ "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", 0, 2 },
	{ "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", 1, 2 },
};
static const struct {
	const char *name, *group;
} curves[] = {
	{ "X25519", "X25519" }, { "CurveP256", "SECP256R1" },
	{ "CurveP384", "SECP384R1" }, { "CurveP521", "SECP521R1" },
};

/* Checks that a field is a list of texts, or absent. *out is the list or NULL. */
static int
find_list(const struct spec *spec, const struct yaml_node *node, const char *field,
    const struct yaml_node **out)
{
	const struct yaml_node *list = yaml_find(node, field);

	*out = NULL;
	if (list == NULL || yaml_is_null(list))
		return 0;
	if (list->type != YAML_SEQUENCE)
		return spec_fail(spec, list, "'%s' must be a list", field);
	for (size_t i = 0; i < list->count; i++)
		if (list->children[i]->type != YAML_SCALAR ||
		    list->children[i]->text[0] == '\0')
			return spec_fail(spec, list->children[i], "'%s' must be a list of "
			    "texts", field);
	if (list->count > 0)
		*out = list;
	return 0;
}

static int
find_suite(const struct spec *spec, const struct yaml_node *item)
{
	for (size_t i = 0; i < COUNT(suites); i++)
		if (strcmp(item->text, suites[i].name) == 0)
			return (int)i;
	return spec_fail(spec, item, "'%.60s' is none of the six suites with ECDHE and an "
	    "AEAD cipher, such as %s", item->text, suites[1].name);
}

static int
read_suites(struct web_settings *out, const struct spec *spec,
    const struct yaml_node *node)
{
	unsigned given = 0, exchange_bits = 0, cipher_bits = 0;
	const struct yaml_node *list;

	if (find_list(spec, node, "cipher_suites", &list) < 0)
		return -1;
	if (list == NULL)
		return 0;
	buf_add_text(&out->tls.priorities, ":-KX-ALL:-CIPHER-ALL:-MAC-ALL:+AEAD");
	for (size_t i = 0; i < list->count; i++) {
		int index = find_suite(spec, list->children[i]);
		const struct suite *suite;

		if (index < 0)
			return -1;
		suite = &suites[index];
		if ((exchange_bits & 1U << suite->exchange) == 0)
			buf_printf(&out->tls.priorities, ":+%s", exchanges[suite->exchange]);
		if ((cipher_bits & 1U << suite->cipher) == 0)
			buf_printf(&out->tls.priorities, ":+%s", ciphers[suite->cipher]);
		given |= 1U << index;
		exchange_bits |= 1U << suite->exchange;
		cipher_bits |= 1U << suite->cipher;
	}
	for (size_t i = 0; i < COUNT(suites); i++)
		if ((given & 1U << i) == 0 && (exchange_bits & 1U << suites[i].exchange) &&
		    (cipher_bits & 1U << suites[i].cipher))
			return spec_fail(spec, list, "'cipher_suites' lacks %s: GnuTLS cannot "
			    "leave it out, since it has the parts of others", suites[i].name);
	return 0;
}

static int
read_curves(struct web_settings *out, const struct spec *spec,
    const struct yaml_node *node)
{
	const struct yaml_node *list;

	if (find_list(spec, node, "curve_preferences", &list) < 0)
		return -1;
	if (list == NULL)
		return 0;
	buf_add_text(&out->tls.priorities, ":-GROUP-ALL");
	for (size_t i = 0; i < list->count; i++) {
		const char *text = list->children[i]->text;
		size_t k = 0;

		while (k < COUNT(curves) && strcmp(curves[k].name, text) != 0)
			k++;
		if (k == COUNT(curves))
			return spec_fail(spec, list->children[i], "'%.40s' is none of X25519, "
			    "CurveP256, CurveP384 and CurveP521", text);
		buf_printf(&out->tls.priorities, ":+GROUP-%s", curves[k].group);
	}
	return 0;
}

/* Reads TLS12 or TLS13 as 0 or 1; *out stays without the field. */
static int
read_version(const struct spec *spec, const struct yaml_node *node, const char *field,
    int *out)
{
	static const char *const words[] = { "TLS12", "TLS13", NULL };
	const char *text;

	if (web_settings_text(spec, node, field, &text) < 0)
		return -1;
	if (text != NULL && (strcmp(text, "TLS10") == 0 || strcmp(text, "TLS11") == 0))
		return spec_fail(spec, yaml_find(node, field), "'%s' is %s, which is broken; "
		    "TLS12 is the oldest that is served", field, text);
	return text == NULL ? 0 : spec_choice(spec, node, field, SPEC_OPTIONAL, words, out);
}

static int
read_priorities(struct web_settings *out, const struct spec *spec,
    const struct yaml_node *node)
{
	bool prefer_server = true;
	int min = 0, max = 1;

	if (read_version(spec, node, "min_version", &min) < 0 ||
	    read_version(spec, node, "max_version", &max) < 0 ||
	    spec_boolean(spec, node, "prefer_server_cipher_suites", &prefer_server) < 0)
		return -1;
	if (min > max)
		return spec_fail(spec, yaml_find(node, "min_version"),
		    "'min_version' is above 'max_version'");
	buf_printf(&out->tls.priorities, "NORMAL:-VERS-ALL%s%s%s",
	    max == 1 ? ":+VERS-TLS1.3" : "", min == 0 ? ":+VERS-TLS1.2" : "",
	    prefer_server ? ":%SERVER_PRECEDENCE" : "");
	return read_suites(out, spec, node) < 0 ? -1 : read_curves(out, spec, node);
}

static int
read_client_auth(struct web_settings *out, const struct spec *spec,
    const struct yaml_node *node)
{
	static const char *const words[] = { "NoClientCert", "VerifyClientCertIfGiven",
		"RequireAndVerifyClientCert", NULL };
	const struct yaml_node *list, *value = yaml_find(node, "client_auth_type");
	const char *text;
	int choice = 0;

	if (web_settings_text(spec, node, "client_auth_type", &text) < 0 ||
	    find_list(spec, node, "client_allowed_sans", &list) < 0)
		return -1;
	if (text != NULL && (strcmp(text, "RequestClientCert") == 0 ||
	    strcmp(text, "RequireAnyClientCert") == 0 ||
	    strcmp(text, "RequireClientCert") == 0))
		return spec_fail(spec, value, "%s verifies nothing; use "
		    "RequireAndVerifyClientCert", text);
	if (text != NULL && spec_choice(spec, node, "client_auth_type", SPEC_OPTIONAL,
	    words, &choice) < 0)
		return -1;
	out->tls.client_auth = (enum tls_client_auth)choice;
	if (list == NULL)
		return 0;
	if (out->tls.client_auth != TLS_CLIENT_REQUIRED)
		return spec_fail(spec, list, "'client_allowed_sans' needs client_auth_type: "
		    "RequireAndVerifyClientCert");
	out->tls.allowed_sans = mem_new(list->count, sizeof(char *));
	for (; out->tls.allowed_san_count < list->count; out->tls.allowed_san_count++)
		out->tls.allowed_sans[out->tls.allowed_san_count] =
		    mem_text(list->children[out->tls.allowed_san_count]->text);
	return 0;
}

/* Reads FIELD_file, or else the PEM text of FIELD. */
static int
read_pem(const struct spec *spec, const struct yaml_node *node, const char *field,
    char **file, struct buf *pem)
{
	struct buf file_field = BUF_EMPTY;
	const char *name, *text;
	int result;

	buf_printf(&file_field, "%s_file", field);
	result = web_settings_text(spec, node, buf_text(&file_field), &name);
	buf_release(&file_field);
	if (result < 0 || web_settings_text(spec, node, field, &text) < 0)
		return -1;
	if (name != NULL)
		*file = mem_text(name);
	else if (text != NULL)
		buf_add_text(pem, text);
	return 0;
}

/* Checks which fields are there. Nothing of them means no TLS. */
static int
check_presence(struct web_settings *out, const struct spec *spec,
    const struct yaml_node *node)
{
	bool has_cert = out->cert_file != NULL || out->tls.cert.len > 0;
	bool has_key = out->key_file != NULL || out->tls.key.len > 0;
	bool has_ca = out->client_ca_file != NULL || out->tls.client_ca.len > 0;

	if (!has_cert && node->count == 0)
		return 0;
	if (!has_cert)
		return spec_fail(spec, node, "'cert_file' is missing");
	if (!has_key)
		return spec_fail(spec, node, "'key_file' is missing");
	if (has_ca && out->tls.client_auth == TLS_CLIENT_NONE)
		return spec_fail(spec, node, "'client_ca_file' without a client_auth_type "
		    "that verifies: nobody would ask for a certificate");
	if (!has_ca && out->tls.client_auth != TLS_CLIENT_NONE)
		return spec_fail(spec, node, "'client_ca_file' is missing, which says who "
		    "signs the certificates of clients");
	out->has_tls = true;
	out->tls_line = node->line;
	return 0;
}

int
web_settings_read_tls(struct web_settings *out, const struct spec *spec,
    const struct yaml_node *node)
{
	static const char *const fields[] = { "cert_file", "key_file", "cert", "key",
		"client_ca_file", "client_ca", "client_auth_type", "client_allowed_sans",
		"min_version", "max_version", "cipher_suites",
		"prefer_server_cipher_suites", "curve_preferences", NULL };

	if (spec_fields(spec, node, "tls_server_config", fields) < 0 ||
	    read_pem(spec, node, "cert", &out->cert_file, &out->tls.cert) < 0 ||
	    read_pem(spec, node, "key", &out->key_file, &out->tls.key) < 0 ||
	    read_pem(spec, node, "client_ca", &out->client_ca_file,
	    &out->tls.client_ca) < 0 ||
	    read_client_auth(out, spec, node) < 0 ||
	    read_priorities(out, spec, node) < 0)
		return -1;
	return check_presence(out, spec, node);
}
