package draw

// Drawn is what is drawn of a text.
func (f *Fonts) Drawn(text string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := ""
	for _, g := range f.glyphs(text) {
		s += string(g.r)
	}
	return s
}
