package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"parley/adapters/eventnode"
)

// logCollector asks the embedded event store how it is when the metrics are read.
type logCollector struct{ node *eventnode.Node }

var (
	damageMetric   = prometheus.NewDesc("parley_event_log_damaged_events", "Damage that the background check of the event log has met.", nil, nil)
	scrubbedMetric = prometheus.NewDesc("parley_event_log_scrubbed_position", "Position that the present round of that check has come to.", nil, nil)
	writableMetric = prometheus.NewDesc("parley_event_log_writable", "1 while events can be appended.", nil, nil)
	headMetric     = prometheus.NewDesc("parley_event_log_position", "Position of the last event.", nil, nil)
)

// Describe implements prometheus.Collector.
func (logCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{damageMetric, scrubbedMetric, writableMetric, headMetric} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c logCollector) Collect(out chan<- prometheus.Metric) {
	h, writable := c.node.Health(), 1.0
	if h.Fault != nil {
		writable = 0
	}
	for desc, value := range map[*prometheus.Desc]float64{
		damageMetric: float64(len(h.Damage)), scrubbedMetric: float64(h.Scrubbed), writableMetric: writable, headMetric: float64(c.node.Head()),
	} {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value)
	}
}
