package bot

import (
	"errors"
	"fmt"
	"io/fs"
	"sort"
	"strings"
	"text/template"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
)

// languages are those that every feature must speak.
var languages = [...]string{"zh", "en"}

// speech is everything that all features say, in all languages.
type speech struct {
	bundle     *i18n.Bundle
	localizers map[string]*i18n.Localizer
	keys       map[string]bool // "feature.key"
}

func newSpeech() *speech {
	s := &speech{bundle: i18n.NewBundle(language.Chinese), localizers: map[string]*i18n.Localizer{}, keys: map[string]bool{}}
	for _, l := range languages {
		s.localizers[l] = i18n.NewLocalizer(s.bundle, l)
	}
	return s
}

// add reads a feature's catalogues, which must have equal keys.
func (s *speech) add(feature string, locales fs.FS) error {
	var problems []error
	keys := map[string]int{}
	for _, l := range languages {
		src, err := fs.ReadFile(locales, l+".yaml")
		if err != nil {
			problems = append(problems, fmt.Errorf("feature %s: locale %s: %w", feature, l, err))
			continue
		}
		// The bundle's own parser would add the texts under keys without the feature, where another feature has them.
		file, err := i18n.ParseMessageFileBytes(src, l+".yaml", map[string]i18n.UnmarshalFunc{"yaml": yaml.Unmarshal})
		if err != nil {
			problems = append(problems, fmt.Errorf("feature %s: locale %s: %w", feature, l, err))
			continue
		}
		for _, m := range file.Messages {
			keys[m.ID]++
			if err := parses(m.Zero, m.One, m.Two, m.Few, m.Many, m.Other); err != nil {
				problems = append(problems, fmt.Errorf("feature %s: locale %s: %s: %w", feature, l, m.ID, err))
			}
			m.ID = feature + "." + m.ID
			s.keys[m.ID] = true
			if err := s.bundle.AddMessages(language.Make(l), m); err != nil {
				problems = append(problems, fmt.Errorf("feature %s: locale %s: %s: %w", feature, l, m.ID, err))
			}
		}
	}
	var lonely []string
	for k, n := range keys {
		if n != len(languages) {
			lonely = append(lonely, k)
		}
	}
	if len(lonely) > 0 && len(problems) == 0 {
		sort.Strings(lonely)
		problems = append(problems, fmt.Errorf("feature %s: keys without a text in every language: %s", feature, strings.Join(lonely, ", ")))
	}
	return errors.Join(problems...)
}

// override replaces texts of the given language by the community's own.
func (s *speech) override(lang string, texts map[string]string) error {
	var problems []error
	for id, text := range texts {
		if !s.keys[id] {
			problems = append(problems, fmt.Errorf("texts: no text %q", id))
			continue
		}
		if err := parses(text); err != nil {
			problems = append(problems, fmt.Errorf("texts: %s: %w", id, err))
			continue
		}
		if err := s.bundle.AddMessages(language.Make(lang), &i18n.Message{ID: id, Other: text}); err != nil {
			problems = append(problems, fmt.Errorf("texts: %s: %w", id, err))
		}
	}
	return errors.Join(problems...)
}

// parses tells whether texts are well-formed templates, before somebody waits for them.
func parses(texts ...string) error {
	for _, text := range texts {
		if _, err := template.New("text").Parse(text); err != nil {
			return err
		}
	}
	return nil
}

// text is a text of a feature with its values filled in; the key where there is none. A value named Count chooses the plural.
func (s *speech) text(lang, feature, key string, kv []any) string {
	l := s.localizers[lang]
	if l == nil {
		l = s.localizers[languages[0]]
	}
	data := make(map[string]any, len(kv)/2)
	for i := 0; i+1 < len(kv); i += 2 {
		data[fmt.Sprint(kv[i])] = kv[i+1]
	}
	text, err := l.Localize(&i18n.LocalizeConfig{MessageID: feature + "." + key, TemplateData: data, PluralCount: data["Count"]})
	if err != nil && text == "" {
		return key
	}
	return text
}
