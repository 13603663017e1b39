package engine

import "libtempfile/core/object"

// Unnamed creates a file without a name and hands over its descriptor. See the package's function.
func (e *Engine) Unnamed(o *Options) (descriptor int, err error) {
	p, err := e.PlanFile(o)
	if err != nil {
		return -1, err
	}
	descriptor, _, err = p.Unnamed(o.orDefault())
	return descriptor, err
}

// Unnamed creates the file without a name, and tells how to do it again.
func (p *Plan) Unnamed(o *Options) (descriptor int, recipe Recipe, err error) {
	return p.createUnnamed(o.NoTmpfile, o.OnlyTmpfile)
}

// TemporaryFileIn creates a file without a name that keeps its state in a storage.
func (e *Engine) TemporaryFileIn(storage object.Storage, o *Options) (Recipe, error) {
	o = o.orDefault()
	m, plan, err := e.planOpen(o)
	if err != nil {
		return Recipe{}, err
	}
	descriptor, recipe, err := plan.createUnnamed(o.NoTmpfile, o.OnlyTmpfile)
	if err != nil {
		return Recipe{}, err
	}
	initialize(storage.State(), object.KindUnnamed, descriptor, o, m)
	return recipe, nil
}
