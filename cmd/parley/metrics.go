package main

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"parley/adapters/httpapi"
	"parley/adapters/stream"
)

// metrics is what /metrics shows.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	batches  *prometheus.HistogramVec
	events   *prometheus.CounterVec
}

func newMetrics(models *readModels) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "parley_http_request_duration_seconds", Help: "Time to answer a request, by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5, 30},
		}, []string{"method", "route", "status"}),
		batches: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "parley_projection_batch_duration_seconds", Help: "Time to apply a batch of events to a read model.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5},
		}, []string{"projection", "applied"}),
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_projection_events_total", Help: "Events that a read model has taken in here.",
		}, []string{"projection"}),
	}
	m.registry.MustRegister(m.requests, m.batches, m.events, lagCollector{models},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// streams shows how many live streams are open.
func (m *metrics) streams(open func() int) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "parley_live_streams", Help: "Live streams that are open here.",
	}, func() float64 { return float64(open()) }))
}

func (m *metrics) request(o httpapi.Observation) {
	m.requests.WithLabelValues(o.Method, o.Route, strconv.Itoa(o.Status)).Observe(o.Elapsed.Seconds())
}

func (m *metrics) batch(o stream.Outcome) {
	m.batches.WithLabelValues(o.Topic, strconv.FormatBool(o.Acked)).Observe(o.Took.Seconds())
	if o.Acked {
		m.events.WithLabelValues(o.Topic).Add(float64(o.Events))
	}
}

// lagCollector asks the read models when the metrics are read.
type lagCollector struct{ models *readModels }

var (
	positionMetric = prometheus.NewDesc("parley_projection_position", "Position that a read model has come to.", []string{"projection"}, nil)
	lagMetric      = prometheus.NewDesc("parley_projection_lag_seconds", "Age of the oldest event that a read model has not taken in.", []string{"projection"}, nil)
	behindMetric   = prometheus.NewDesc("parley_projection_lag_positions", "How far a read model is behind the last event, in positions of the event store: bytes on EventStoreDB, events in the folder.", []string{"projection"}, nil)
	parkedMetric   = prometheus.NewDesc("parley_projection_parked_events", "Events that a read model had to leave out.", []string{"projection"}, nil)
)

// Describe implements prometheus.Collector.
func (lagCollector) Describe(out chan<- *prometheus.Desc) {
	out <- positionMetric
	out <- lagMetric
	out <- behindMetric
	out <- parkedMetric
}

// Collect implements prometheus.Collector. What cannot be asked now is left out.
func (c lagCollector) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	all, err := c.models.List(ctx)
	if err != nil {
		return
	}
	for _, p := range all {
		out <- prometheus.MustNewConstMetric(positionMetric, prometheus.GaugeValue, float64(p.Position), p.Name)
		out <- prometheus.MustNewConstMetric(lagMetric, prometheus.GaugeValue, p.LagSeconds, p.Name)
		out <- prometheus.MustNewConstMetric(behindMetric, prometheus.GaugeValue, float64(p.Lag), p.Name)
		out <- prometheus.MustNewConstMetric(parkedMetric, prometheus.GaugeValue, float64(len(p.Parked)), p.Name)
	}
}
