package bot

// Text is a text of a feature in a language, for pages of ours; the key where there is none. kv are as for Request.T.
func (e *Engine) Text(lang, feature, key string, kv ...any) string {
	return e.speech.text(lang, feature, key, kv)
}
