/**
 * Protection of the sample's pages and endpoints from other sites, which is not related
 * to streaming.
 */
@NullMarked
package dev.streaming.sample.web;

import org.jspecify.annotations.NullMarked;
