package draw

// Certificate is a certificate's words, as they are drawn.
type Certificate struct {
	Title     string // 完成证书
	Name      string // of the member; shortened where it is too long
	Text      string // 在「早起」挑战中
	Figure    string // 21
	Unit      string // 天
	Period    string
	Number    string
	Community string
}

// PNG draws it, 900 by 640.
func (c Certificate) PNG(fonts *Fonts) ([]byte, error) {
	const w, h = 900, 640
	p := New(fonts, w, h, Paper)
	p.Frame(24, 24, w-48, h-48, 22, 4, Gold)
	p.Frame(36, 36, w-72, h-72, 16, 1.5, Straw)
	for _, x := range []float64{60, w - 60} {
		for _, y := range []float64{60, h - 60} {
			p.Star(x, y, 12, Gold)
		}
	}
	p.Text(w/2, 108, p.Fit(c.Title, 48, w-260), 48, Centre, Ember)
	p.Box(w/2-60, 148, 120, 3, 1.5, Gold)
	p.Text(w/2, 214, p.Fit(c.Name, 46, w-220), 46, Centre, Ink)
	p.Text(w/2, 274, p.Fit(c.Text, 26, w-160), 26, Centre, Faint)
	c.medal(p, w/2, 392)
	p.Text(w/2, 512, p.Fit(c.Period, 24, w-160), 24, Centre, Ink)
	p.Text(96, h-80, p.Fit(c.Number, 20, w/2-100), 20, Left, Faint)
	p.Text(w-96, h-80, p.Fit(c.Community, 22, w/2-100), 22, Right, Ember)
	return p.PNG()
}

// medal draws the number of days on a medal with two ribbons.
func (c Certificate) medal(p *Picture, x, y float64) {
	p.Box(x-46, y+30, 30, 66, 4, Flame)
	p.Box(x+16, y+30, 30, 66, 4, Flame)
	p.Disc(x, y, 76, Gold)
	p.Disc(x, y, 68, Card)
	p.Disc(x, y, 62, Straw)
	p.Text(x, y-10, p.Fit(c.Figure, 52, 110), 52, Centre, Ember)
	p.Text(x, y+34, p.Fit(c.Unit, 22, 100), 22, Centre, Ember)
}
